import type { OpenedFolder } from '../ports/mailbox-ports.ts';
import type { Backlog, FolderCursor } from './mailbox-state.ts';

/** What is known when a folder is opened. */
export interface CursorFacts {
  /** Which mail is taken when a folder is met first. */
  readonly begin: 'now' | 'everything' | { readonly since: string };
  /** When the mailbox was first taken. */
  readonly begunAtMs: number;
  /** Whether this is the mailbox's first poll, and nothing of it is known. */
  readonly isFirst: boolean;
  /** What came in before that is in no memory of ours any more. */
  readonly rememberedSinceMs: number;
}

/** RFC 3501 section 2.3.1.1: UIDs have 32 bits. */
export const MAX_UID = 0xffff_ffff;

/** The last UID that a folder can have now; for servers that do not say it, the last of all. */
export const readLastUid = ({ nextUid }: Pick<OpenedFolder, 'nextUid'>): number =>
  nextUid === undefined ? MAX_UID : nextUid - 1;

const createBacklog = (kind: Backlog['kind'], untilUid: number, sinceMs: number): Backlog => ({
  kind,
  untilUid,
  sinceMs,
  passedOver: 0,
  known: 0,
  fetched: 0,
});

/** Mail that came in before is not wanted. */
function readBeginMs({ begin, begunAtMs }: CursorFacts): number {
  if (begin === 'everything') return 0;
  return begin === 'now' ? begunAtMs : Date.parse(`${begin.since}T00:00:00Z`);
}

/**
 * Where to go on in a folder.
 *
 * A folder that is met later than the mailbox begins where the mailbox began: it may have been
 * renamed, so its mails are compared with those that are known. When the server has numbered a
 * folder anew, the same is done, no further back than the memory goes.
 */
export function planCursor(
  known: FolderCursor | undefined,
  opened: OpenedFolder,
  facts: CursorFacts,
): FolderCursor {
  const { generation } = opened;
  if (known?.generation === generation) return known;
  const untilUid = readLastUid(opened);
  const beginMs = readBeginMs(facts);
  const start = { generation, lastUid: 0 };
  if (known !== undefined) {
    const sinceMs = Math.max(beginMs, facts.rememberedSinceMs);
    return { ...start, backlog: createBacklog('resync', untilUid, sinceMs) };
  }
  if (!facts.isFirst) return { ...start, backlog: createBacklog('join', untilUid, beginMs) };
  if (facts.begin === 'everything') return start;
  if (facts.begin === 'now' && untilUid < MAX_UID) return { generation, lastUid: untilUid };
  return { ...start, backlog: createBacklog('begin', untilUid, beginMs) };
}

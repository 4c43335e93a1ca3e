import { MAX_UID, readLastUid } from '../../mail/polling/plan-cursor.ts';
import { planFirstRange, planNextRange, type UidRange } from '../../mail/polling/plan-range.ts';
import type { ListedMail, MailSelection, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { countBacklog, endBacklog } from './end-backlog.ts';
import { enterFolder, planFolderCursor } from './plan-folder-cursor.ts';
import { type OpenRun, setCursor } from './poll-run.ts';
import { type FolderWalk, takeListed } from './take-listed.ts';

/** How a folder with a cursor is walked through: the cursor stands in the row itself. */
function createCursorWalk(run: OpenRun, opened: OpenedFolder): FolderWalk {
  const { path } = opened;
  const read = () => run.state.folders.get(path) ?? planFolderCursor(run, opened);
  return {
    opened,
    isListed: false,
    get cursor() {
      return read();
    },
    advance(settled) {
      const last = settled.at(-1);
      if (last === undefined) return;
      const { backlog, ...cursor } = read();
      const ofBacklog = settled.filter(({ mail }) => Number(mail.id) <= (backlog?.untilUid ?? 0));
      setCursor(run, path, {
        ...cursor,
        lastUid: Number(last.mail.id),
        ...(backlog === undefined ? {} : { backlog: countBacklog(backlog, ofBacklog) }),
      });
    },
    persist: () => Promise.resolve(),
  };
}

/**
 * The mails of a range. QUIRK(imap): a server answers `n:*` with its last mail though that is below
 * n, and may list in any order: only what was asked for counts, each once, in its order.
 */
async function listRange(run: OpenRun, range: UidRange): Promise<readonly ListedMail[]> {
  const { search } = run.mailbox;
  const selection: MailSelection =
    search === undefined
      ? { kind: 'range', ...range }
      : { kind: 'search', criteria: search, ...range };
  const found = new Map<number, ListedMail>();
  for await (const mail of run.session.listMails(selection)) {
    const uid = Number(mail.id);
    if (uid >= range.firstUid && uid <= range.lastUid) found.set(uid, mail);
  }
  return [...found.values()].toSorted((one, other) => Number(one.id) - Number(other.id));
}

/** Moves the cursor over UIDs that no mail has, or none that is searched for. */
function passRange(run: OpenRun, { opened, cursor }: FolderWalk, { lastUid }: UidRange): void {
  // A server that does not say where a folder ends: the last mail that it listed is where.
  if (lastUid < MAX_UID) setCursor(run, opened.path, { ...cursor, lastUid });
}

/**
 * Polls a folder that has a cursor: what has come in behind it, in ranges with explicit ends.
 *
 * @returns Whether nothing is left; else `run.stop` says why.
 * @throws {ClaimLostError | PeerUnavailableError | PeerProtocolError} What was settled before is saved.
 */
export async function pollCursorFolder(run: OpenRun, opened: OpenedFolder): Promise<boolean> {
  await enterFolder(run, opened);
  const walk = createCursorWalk(run, opened);
  const lastUid = readLastUid(opened);
  let range = opened.mails === 0 ? undefined : planFirstRange(walk.cursor.lastUid, lastUid);
  while (range !== undefined) {
    const mails = await listRange(run, range);
    if (!(await takeListed(run, walk, mails))) return false;
    passRange(run, walk, range);
    range = planNextRange(range, lastUid, mails.length);
  }
  if (opened.mails === 0) passRange(run, walk, { firstUid: 1, lastUid });
  setCursor(run, opened.path, await endBacklog(run, opened, walk.cursor));
  return true;
}

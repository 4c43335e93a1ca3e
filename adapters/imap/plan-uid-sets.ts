import type { ImapLimits } from './limits.ts';

/** UIDs that one command names, and nothing else that there may be between them. */
export interface UidSet {
  /** As a command has it: `3,7:9` (RFC 3501 section 9, sequence-set). */
  readonly text: string;
  readonly uids: readonly number[];
}

/** UIDs that follow each other without a gap. */
interface Run {
  readonly first: number;
  readonly last: number;
}

const formatRun = ({ first, last }: Run): string =>
  first === last ? String(first) : `${first}:${last}`;

/** The last run with a UID behind it; another begins where there is a gap. */
const extendRun = (run: Run | undefined, uid: number): Run =>
  run?.last === uid - 1 ? { first: run.first, last: uid } : { first: uid, last: uid };

const listAscending = (uids: readonly number[]): readonly number[] =>
  [...new Set(uids)].sort((a, b) => a - b);

/** Splits UIDs into sets that one command can carry, each UID once, in ascending order. */
export function planUidSets(
  uids: readonly number[],
  { setUids, setCharacters }: Pick<ImapLimits, 'setUids' | 'setCharacters'>,
): readonly UidSet[] {
  const sets: UidSet[] = [];
  let open: number[] = [];
  // What stands before the last run, with the comma behind it.
  let head = '';
  let run: Run | undefined;
  const close = (): void => {
    if (run !== undefined) sets.push({ text: head + formatRun(run), uids: open });
    open = [];
    head = '';
    run = undefined;
  };
  for (const uid of listAscending(uids)) {
    let next = extendRun(run, uid);
    const before =
      run === undefined || next.first === run.first ? head : `${head}${formatRun(run)},`;
    const characters = before.length + formatRun(next).length;
    if (open.length === setUids || characters > setCharacters) {
      close();
      next = { first: uid, last: uid };
    } else head = before;
    run = next;
    open.push(uid);
  }
  close();
  return sets;
}

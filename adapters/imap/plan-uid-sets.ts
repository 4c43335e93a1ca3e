import type { ImapLimits } from './limits.ts';

/** UIDs that one command names, and nothing else that there may be between them. */
export interface UidSet {
  /** As a command has it: `3,7:9` (RFC 3501 section 9, sequence-set). */
  readonly text: string;
  readonly uids: readonly number[];
}

const formatRun = (first: number, last: number): string =>
  first === last ? String(first) : `${first}:${last}`;

/** Packs UIDs that follow each other without a gap. */
function formatSet(uids: readonly number[]): string {
  const runs: { readonly first: number; last: number }[] = [];
  for (const uid of uids) {
    const run = runs.at(-1);
    if (run?.last === uid - 1) run.last = uid;
    else runs.push({ first: uid, last: uid });
  }
  return runs.map(({ first, last }) => formatRun(first, last)).join(',');
}

const listAscending = (uids: readonly number[]): readonly number[] =>
  [...new Set(uids)].sort((a, b) => a - b);

/** Splits UIDs into sets that one command can carry, each UID once, in ascending order. */
export function planUidSets(
  uids: readonly number[],
  { setUids, setCharacters }: Pick<ImapLimits, 'setUids' | 'setCharacters'>,
): readonly UidSet[] {
  const sets: UidSet[] = [];
  let open: number[] = [];
  let characters = 0;
  const close = (): void => {
    if (open.length > 0) sets.push({ text: formatSet(open), uids: open });
    open = [];
    characters = 0;
  };
  for (const uid of listAscending(uids)) {
    // What it takes at the most: its digits and a comma.
    const wanted = String(uid).length + 1;
    if (open.length === setUids || characters + wanted > setCharacters) close();
    open.push(uid);
    characters += wanted;
  }
  close();
  return sets;
}

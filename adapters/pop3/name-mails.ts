import { createHash } from 'node:crypto';

/** A mail as LIST and UIDL tell of it. */
export interface PairedMail {
  readonly number: number;
  /** 0 when LIST does not say it. */
  readonly bytes: number;
  /** Undefined when UIDL gave none, or gave it to another mail too. */
  readonly uniqueId: string | undefined;
}

function findRepeated(values: Iterable<string>): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const value of values) (seen.has(value) ? repeated : seen).add(value);
  return repeated;
}

/**
 * Puts the two listings of a mailbox together, in the order of the numbers. What stands in one of them
 * alone is a mail, too: left out, it would never come in.
 *
 * Of mails that share a unique-id none keeps it: whichever did would be taken for the other one as soon
 * as they change places.
 */
export function pairListings(
  sizes: ReadonlyMap<number, number>,
  uniqueIds: ReadonlyMap<number, string>,
): readonly PairedMail[] {
  const repeated = findRepeated(uniqueIds.values());
  const numbers = new Set([...sizes.keys(), ...uniqueIds.keys()]);
  return [...numbers]
    .toSorted((one, other) => one - other)
    .map((number) => {
      const uniqueId = uniqueIds.get(number);
      const isUnique = uniqueId !== undefined && !repeated.has(uniqueId);
      return { number, bytes: sizes.get(number) ?? 0, uniqueId: isUnique ? uniqueId : undefined };
    });
}

/**
 * Makes ids of headers, for mails that have no unique-id of their own. The second mail with the same
 * header and size is numbered: it is a copy. The ids have a space in them, which no unique-id has.
 */
export function createHeaderNamer(): (bytes: number, header: Buffer) => string {
  const counts = new Map<string, number>();
  return (bytes, header) => {
    const hash = createHash('sha256').update(`${bytes}\0`).update(header).digest('hex');
    const count = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, count);
    return count === 1 ? `header ${hash}` : `header ${hash} ${count}`;
  };
}

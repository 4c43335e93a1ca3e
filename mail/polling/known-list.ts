import { createHash } from 'node:crypto';

/**
 * The mails of a folder that were there and are done with, for folders where no cursor can tell:
 * POP3, and searches by what can change. By the key of a mail, the day on which it was seen first.
 */
export type KnownList = ReadonlyMap<string, number>;

/**
 * A list is `PKL1`, the number of mails (32 bits, big-endian), and per mail 12 bytes of its key and
 * its day (16 bits, big-endian), sorted by key: 10,000 mails are 140 KB.
 */
const MAGIC = Buffer.from('PKL1');
const HEADER_BYTES = 8;
const KEY_BYTES = 12;
const RECORD_BYTES = KEY_BYTES + 2;
const MAX_DAY = 0xffff;

const DAY_MS = 86_400_000;

/** Days since 1970, in UTC. */
export const readDayNumber = (ms: number): number => Math.floor(ms / DAY_MS);

/** What a mail is known by in a list: 96 bits of a hash, in hexadecimal. */
export const createListKey = (generation: string, id: string): string =>
  createHash('sha256')
    .update(JSON.stringify([generation, id]))
    .digest('hex')
    .slice(0, 2 * KEY_BYTES);

/** Writes a list; days beyond what the form holds (the year 2149) stand for the last one. */
export function writeKnownList(list: KnownList): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + list.size * RECORD_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32BE(list.size, MAGIC.length);
  let at = HEADER_BYTES;
  for (const [key, day] of [...list].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    bytes.write(key, at, KEY_BYTES, 'hex');
    bytes.writeUInt16BE(Math.min(Math.max(day, 0), MAX_DAY), at + KEY_BYTES);
    at += RECORD_BYTES;
  }
  return bytes;
}

/**
 * Reads what {@link writeKnownList} wrote.
 *
 * @returns undefined for anything else: such a list is as good as lost.
 */
export function parseKnownList(bytes: Buffer): KnownList | undefined {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    return undefined;
  }
  const count = bytes.readUInt32BE(MAGIC.length);
  if (bytes.length !== HEADER_BYTES + count * RECORD_BYTES) return undefined;
  const list = new Map<string, number>();
  for (let at = HEADER_BYTES; at < bytes.length; at += RECORD_BYTES) {
    list.set(bytes.toString('hex', at, at + KEY_BYTES), bytes.readUInt16BE(at + KEY_BYTES));
  }
  return list;
}

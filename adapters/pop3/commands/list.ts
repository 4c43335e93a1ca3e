import type { Pop3Connection } from '../connection.ts';
import { createProtocolError } from '../pop3-errors.ts';
import { expectOk } from './expect-ok.ts';
import { readNumberedListing } from './listing.ts';

// Some servers write more behind the size.
const SIZE = /^(\d{1,15})\b/;

/** Reads the answer to LIST: the bytes of each mail, by its number (RFC 1939 section 5). */
export async function readSizes(connection: Pop3Connection): Promise<ReadonlyMap<number, number>> {
  expectOk('LIST', await connection.readAnswer());
  const sizes = new Map<number, number>();
  for (const [number, text] of await readNumberedListing(connection, 'LIST')) {
    const size = SIZE.exec(text)?.[1];
    if (size === undefined) throw createProtocolError('gave no size', { command: 'LIST' });
    sizes.set(number, Number(size));
  }
  return sizes;
}

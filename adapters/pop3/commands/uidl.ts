import type { Pop3Connection } from '../connection.ts';
import { readNumberedListing } from './listing.ts';

// RFC 1939 section 7 allows 70. A longer one tells mails apart as well.
const UNIQUE_ID = /^[\x21-\x7e]{1,255}$/;

/**
 * Reads the answer to UIDL: the unique-id of each mail that has one, by its number (RFC 1939
 * section 7). A server without it gives none.
 */
export async function readUniqueIds(
  connection: Pop3Connection,
): Promise<ReadonlyMap<number, string>> {
  const { kind } = await connection.readAnswer();
  if (kind !== 'ok') return new Map();
  const listing = await readNumberedListing(connection, 'UIDL');
  return new Map([...listing].filter(([, uniqueId]) => UNIQUE_ID.test(uniqueId)));
}

import type { Pop3Connection } from '../connection.ts';
import { createProtocolError } from '../pop3-errors.ts';

/**
 * Reads the lines behind `+OK`, as many at a time as came together. They are without their ends and
 * have a character for each byte.
 *
 * @throws {PeerProtocolError} When one is longer than the limit.
 */
export async function* readListing(connection: Pop3Connection): AsyncGenerator<readonly string[]> {
  const block = connection.openBlock('listing');
  const maxBytes = connection.limits.lineBytes;
  let begun = '';
  for (;;) {
    const piece = await block.readPiece();
    if (piece === undefined) return;
    const lines = `${begun}${piece.toString('latin1')}`.split(/\r?\n/);
    begun = lines.pop() ?? '';
    if ([begun, ...lines].some(({ length }) => length > maxBytes)) {
      throw createProtocolError('sent a line beyond the limit', { maxBytes });
    }
    yield lines;
  }
}

/** What is behind a mail's number in the answer to LIST or UIDL. */
export type NumberedListing = ReadonlyMap<number, string>;

const NUMBERED = /^([1-9]\d{0,8})(?: +(.*))?$/;

/**
 * Reads lines that begin with the number of a mail (RFC 1939 section 5).
 *
 * @throws {PeerProtocolError} When one does not, when two have the same, or when there are too many.
 */
export async function readNumberedListing(
  connection: Pop3Connection,
  command: string,
): Promise<NumberedListing> {
  const listing = new Map<number, string>();
  for await (const lines of readListing(connection)) {
    for (const line of lines) {
      const [, number, text = ''] = NUMBERED.exec(line) ?? [];
      if (number === undefined || listing.has(Number(number))) {
        throw createProtocolError('sent a listing that is none', { command });
      }
      listing.set(Number(number), text);
    }
    if (listing.size > connection.limits.mails) {
      throw createProtocolError('lists more mails than we read', { command });
    }
  }
  return listing;
}

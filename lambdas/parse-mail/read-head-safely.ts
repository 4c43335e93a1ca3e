import {
  decodeHeaderBytes,
  parseHeaderBlock,
  type RawHeaderField,
} from '../../mail/message/header-block.ts';
import { PostroomError } from '../../mail/errors.ts';
import type { ObjectAddress, RawMailReader } from '../../mail/ports/ports.ts';

/** LIMIT: what is read of a mail that nothing else could be done with. */
const MAX_HEAD_BYTES = 64 * 1024;

/** Where the header block ends in what was read; all of it where it does not. */
function findHeadEnd(head: Buffer): number {
  const end = /\r?\n\r?\n/.exec(head.toString('latin1'));
  return end?.index ?? head.length;
}

/**
 * Reads the first header fields of a mail that may be what a parser cannot stand: a few bytes, no
 * MIME. Gives none where the bytes cannot be had: the mail is quarantined all the same.
 */
export async function readHeadSafely(
  rawMail: RawMailReader,
  address: ObjectAddress,
): Promise<readonly RawHeaderField[]> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    const stream = await rawMail.openRawMail(address);
    // Leaving the loop destroys the stream.
    for await (const piece of stream) {
      // A raw mail is a stream of bytes.
      pieces.push(piece as Buffer);
      bytes += (piece as Buffer).length;
      if (bytes >= MAX_HEAD_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof PostroomError) && !isSystemError(error)) throw error;
  }
  const head = Buffer.concat(pieces).subarray(0, MAX_HEAD_BYTES);
  return parseHeaderBlock(decodeHeaderBytes(head.subarray(0, findHeadEnd(head))));
}

/** A stream that breaks fails with one of these. */
const isSystemError = (error: unknown): boolean => error instanceof Error && 'code' in error;

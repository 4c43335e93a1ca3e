import { Transform } from 'node:stream';
import { LimitExceededError } from '../errors.ts';
import { MAX_HEADER_BYTES } from './poll-limits.ts';

/** The header of a mail that passes by. */
export interface HeaderTap {
  readonly stream: Transform;
  /** What has passed of the header so far, up to and with the empty line. */
  readHeader(): Buffer;
  /** How many bytes have passed. */
  readBytes(): number;
}

/** Bytes up to and with the first empty line (CRLF or LF); all of them where there is none yet. */
export function cutHeader(bytes: Buffer): Buffer {
  const head = bytes.subarray(0, MAX_HEADER_BYTES);
  const ends = ['\n\r\n', '\n\n'].flatMap((end) => {
    const at = head.indexOf(end);
    return at < 0 ? [] : [at + end.length];
  });
  // A mail that begins with an empty line has no header.
  if (/^\r?\n/.test(head.toString('latin1', 0, 2))) return head.subarray(0, 0);
  return ends.length === 0 ? head : head.subarray(0, Math.min(...ends));
}

/**
 * Lets a mail pass and keeps its header, bounded.
 *
 * The stream fails with a {@link LimitExceededError} when the mail has more than `maxBytes`.
 */
export function createHeaderTap(maxBytes: number): HeaderTap {
  const held: Buffer[] = [];
  let bytes = 0;
  const stream = new Transform({
    transform(piece: Buffer, _encoding, done) {
      if (bytes < MAX_HEADER_BYTES) held.push(piece.subarray(0, MAX_HEADER_BYTES - bytes));
      bytes += piece.length;
      done(bytes > maxBytes ? createOversizeError(maxBytes) : null, piece);
    },
  });
  return { stream, readHeader: () => cutHeader(Buffer.concat(held)), readBytes: () => bytes };
}

/** A server said a mail to be smaller than it is. */
export const createOversizeError = (maxBytes: number): LimitExceededError =>
  new LimitExceededError(`expected a mail of at most ${maxBytes} bytes, came a larger one`, {
    fields: { maxBytes },
  });

import { Transform } from 'node:stream';
import {
  decodeHeaderBytes,
  parseHeaderBlock,
  type RawHeaderField,
} from '../../mail/message/header-block.ts';

/** LIMIT: header bytes that are held until they are read; a larger block is read this far. */
const MAX_HEADER_BYTES = 256 * 1024;

/** A mail has more bytes than may come in. */
export class MailTooLargeError extends Error {
  override readonly name = 'MailTooLargeError';
}

/** A pass-through that puts lines before a mail once its headers have been read. */
export interface MailStamper {
  readonly stream: Transform;
  /** The mail's fields with those put before them. Valid once the stream has ended. */
  readonly readFields: () => readonly RawHeaderField[];
}

/** Where the empty line that ends the headers begins; -1 when it has not come. */
function findHeaderEnd(bytes: Buffer): number {
  const crlf = bytes.indexOf('\r\n\r\n');
  const lf = bytes.indexOf('\n\n');
  if (crlf < 0 || lf < 0) return Math.max(crlf, lf);
  return Math.min(crlf, lf);
}

/**
 * Makes a stamper. Only the headers are held, never the body.
 *
 * A mail of more than `maxBytes` is read to its end, since an SMTP client listens only then, but
 * nothing of the rest passes; the stream then fails with a {@link MailTooLargeError}.
 *
 * @param writeStamp Writes the lines, with their CRLF, from the mail's own fields. What it throws
 * fails the stream.
 */
export function createMailStamper(
  { maxBytes }: { readonly maxBytes: number },
  writeStamp: (fields: readonly RawHeaderField[]) => string,
): MailStamper {
  let held = Buffer.alloc(0);
  let fields: readonly RawHeaderField[] | undefined;
  let bytes = 0;

  const stamp = (headerBytes: number): Buffer => {
    const own = parseHeaderBlock(decodeHeaderBytes(held.subarray(0, headerBytes)));
    const stampLines = writeStamp(own);
    fields = [...parseHeaderBlock(stampLines), ...own];
    const stamped = Buffer.concat([Buffer.from(stampLines), held]);
    held = Buffer.alloc(0);
    return stamped;
  };
  /** What of a piece may pass now. */
  const take = (piece: Buffer): Buffer => {
    bytes += piece.length;
    if (bytes > maxBytes) return Buffer.alloc(0);
    if (fields !== undefined) return piece;
    held = Buffer.concat([held, piece]);
    const end = findHeaderEnd(held);
    if (end >= 0) return stamp(end);
    return held.length < MAX_HEADER_BYTES ? Buffer.alloc(0) : stamp(MAX_HEADER_BYTES);
  };
  const finish = (): Buffer => {
    if (bytes > maxBytes) {
      throw new MailTooLargeError(`expected at most ${maxBytes} bytes, came ${bytes}`);
    }
    return fields === undefined ? stamp(held.length) : Buffer.alloc(0);
  };

  const stream = new Transform({
    transform(piece: Buffer, _encoding, done) {
      passOn(() => take(piece), done);
    },
    flush(done) {
      passOn(finish, done);
    },
  });
  return { stream, readFields: () => fields ?? [] };
}

/** Gives a stream what comes of a step, or fails it with what the step throws. */
function passOn(step: () => Buffer, done: (error?: Error | null, piece?: Buffer) => void): void {
  try {
    done(null, step());
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

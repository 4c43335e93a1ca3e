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

/** Bytes before a piece that can belong to the empty line that it ends. */
const TAIL_BYTES = '\r\n\r\n'.length - 1;

/** What is held until the headers have been read: a mail may come in the smallest of pieces. */
interface HeldBytes {
  /** Takes a piece; returns where the empty line begins that ends the headers, -1 before it has come. */
  readonly add: (piece: Buffer) => number;
  readonly count: () => number;
  /** Gives all of it away. */
  readonly release: () => Buffer;
}

function createHeldBytes(): HeldBytes {
  let pieces: Buffer[] = [];
  let count = 0;
  let tail = Buffer.alloc(0);
  return {
    add(piece) {
      // Only what is new is searched.
      const recent = Buffer.concat([tail, piece]);
      const end = findHeaderEnd(recent);
      const start = count - tail.length;
      pieces.push(piece);
      count += piece.length;
      tail = Buffer.from(recent.subarray(-TAIL_BYTES));
      return end < 0 ? -1 : start + end;
    },
    count: () => count,
    release() {
      const held = Buffer.concat(pieces);
      pieces = [];
      return held;
    },
  };
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
  const held = createHeldBytes();
  let fields: readonly RawHeaderField[] | undefined;
  let bytes = 0;

  const stamp = (headerBytes: number): Buffer => {
    const whole = held.release();
    const own = parseHeaderBlock(decodeHeaderBytes(whole.subarray(0, headerBytes)));
    const stampLines = writeStamp(own);
    fields = [...parseHeaderBlock(stampLines), ...own];
    return Buffer.concat([Buffer.from(stampLines), whole]);
  };
  /** What of a piece may pass now. */
  const take = (piece: Buffer): Buffer => {
    bytes += piece.length;
    if (bytes > maxBytes) return Buffer.alloc(0);
    if (fields !== undefined) return piece;
    const end = held.add(piece);
    if (end >= 0) return stamp(end);
    return held.count() < MAX_HEADER_BYTES ? Buffer.alloc(0) : stamp(MAX_HEADER_BYTES);
  };
  const finish = (): Buffer => {
    if (bytes > maxBytes) {
      throw new MailTooLargeError(`expected at most ${maxBytes} bytes, came ${bytes}`);
    }
    return fields === undefined ? stamp(held.count()) : Buffer.alloc(0);
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

import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { LimitExceededError } from '../errors.ts';
import { decodeHeaderBytes, parseHeaderBlock, readHeaderValues } from '../message/header-block.ts';
import { createMailId } from './identities.ts';
import { createRelaxedBodyHasher } from './relaxed-body-hash.ts';

/** LIMIT: header bytes that are held for the identity; what follows them is only counted. */
const MAX_HEADER_BYTES = 256 * 1024;

/** The fields that make a mail the same mail, whatever way it took. */
const IDENTITY_FIELDS = ['From', 'To', 'Cc', 'Date', 'Subject', 'Message-ID'] as const;

/** What the bytes of a mail say before anyone reads them. */
export interface MailMeasure {
  readonly bytes: number;
  /**
   * `mailId` of the mail: made of the identity fields (unfolded) and the body in DKIM relaxed form.
   * Null for a mail with neither Message-ID nor Date, which nothing tells from another like it.
   */
  readonly contentId: string | null;
}

/** A pass-through that measures the mail on its way. */
export interface MailMeter {
  readonly stream: Transform;
  /** Valid once the stream has ended. */
  readMeasure(): MailMeasure;
}

interface HeaderSplit {
  /** The header block so far, bounded. */
  readonly header: () => Buffer;
  /** Takes a piece; returns what of it belongs to the body. */
  take(piece: Buffer): Buffer;
}

/** Splits at the first empty line (CRLF or LF), wherever the pieces are cut. */
function createHeaderSplit(): HeaderSplit {
  const held: Buffer[] = [];
  let heldBytes = 0;
  let isInBody = false;
  // Whether nothing but a CR has come since the last LF: the next LF ends an empty line.
  let isLineEmpty = true;

  const hold = (piece: Buffer): void => {
    const room = Math.max(0, MAX_HEADER_BYTES - heldBytes);
    if (room > 0) held.push(Buffer.from(piece.subarray(0, room)));
    heldBytes += Math.min(piece.length, room);
  };

  return {
    header: () => Buffer.concat(held),
    take(piece) {
      if (isInBody) return piece;
      for (const [index, byte] of piece.entries()) {
        if (byte === 0x0a && isLineEmpty) {
          isInBody = true;
          hold(piece.subarray(0, index + 1));
          return piece.subarray(index + 1);
        }
        if (byte === 0x0a) isLineEmpty = true;
        else if (byte !== 0x0d) isLineEmpty = false;
      }
      hold(piece);
      return piece.subarray(piece.length);
    },
  };
}

function createContentId(header: Buffer, bodyDigest: string): string | null {
  const fields = parseHeaderBlock(decodeHeaderBytes(header));
  const values = IDENTITY_FIELDS.map((name) => readHeaderValues(fields, name));
  const [messageId] = readHeaderValues(fields, 'Message-ID');
  if (messageId === undefined && readHeaderValues(fields, 'Date').length === 0) return null;
  return createMailId(messageId, [values, bodyDigest]);
}

/**
 * Measures a mail while it streams by, in constant memory.
 *
 * The stream fails with a {@link LimitExceededError} as soon as the mail has more than `maxBytes`.
 */
export function createMailMeter({ maxBytes }: { readonly maxBytes: number }): MailMeter {
  const split = createHeaderSplit();
  const bodyHash = createHash('sha256');
  const body = createRelaxedBodyHasher(bodyHash);
  let bytes = 0;
  let measure: MailMeasure | undefined;

  const stream = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes > maxBytes) {
        done(
          new LimitExceededError(
            `expected a mail of at most ${maxBytes} bytes, came a larger one`,
            {
              fields: { maxBytes },
            },
          ),
        );
        return;
      }
      body.update(split.take(piece));
      done(null, piece);
    },
    flush(done) {
      body.finish();
      measure = { bytes, contentId: createContentId(split.header(), bodyHash.digest('hex')) };
      done();
    },
  });

  return {
    stream,
    readMeasure() {
      if (measure === undefined) throw new Error('the mail has not streamed by yet');
      return measure;
    },
  };
}

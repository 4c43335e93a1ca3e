import type { Hash } from 'node:crypto';

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const CRLF = Buffer.from('\r\n');
const CRLF_RUN = Buffer.from('\r\n'.repeat(1024));

/** Takes a body piece by piece. */
export interface BodyHasher {
  update(piece: Buffer): void;
  /** Feeds what the end of the body settles. Call it once, after the last piece. */
  finish(): void;
}

/**
 * Feeds a body to a hash in DKIM's relaxed form (RFC 6376 section 3.4.4): runs of white space are
 * one space, none at a line's end, no empty lines at the body's end. Bare LF ends a line too, since
 * servers store mail either way. A split at any byte gives the same; nothing is held.
 */
export function createRelaxedBodyHasher(hash: Hash): BodyHasher {
  let hasPendingCr = false;
  let hasPendingSpace = false;
  let pendingLineEnds = 0;
  let isEmpty = true;
  let out = Buffer.alloc(0);
  let length = 0;

  const flush = (): void => {
    hash.update(out.subarray(0, length));
    length = 0;
  };
  const writeLineEnds = (): void => {
    flush();
    for (; pendingLineEnds >= 1024; pendingLineEnds -= 1024) hash.update(CRLF_RUN);
    hash.update(CRLF_RUN.subarray(0, pendingLineEnds * 2));
    pendingLineEnds = 0;
  };
  const writeByte = (byte: number): void => {
    if (pendingLineEnds > 0) writeLineEnds();
    if (hasPendingSpace) out[length++] = SPACE;
    hasPendingSpace = false;
    out[length++] = byte;
    isEmpty = false;
  };
  const endLine = (): void => {
    hasPendingSpace = false;
    pendingLineEnds += 1;
  };

  return {
    update(piece) {
      // At most one held CR and one space for each byte written.
      if (out.length < piece.length * 2 + 4) out = Buffer.alloc(piece.length * 2 + 4);
      for (const byte of piece) {
        if (hasPendingCr) {
          hasPendingCr = false;
          if (byte !== LF) writeByte(CR);
        }
        if (byte === LF) endLine();
        else if (byte === CR) hasPendingCr = true;
        else if (byte === SPACE || byte === TAB) hasPendingSpace = true;
        else writeByte(byte);
      }
      flush();
    },
    finish() {
      if (out.length < 4) out = Buffer.alloc(4);
      if (hasPendingCr) writeByte(CR);
      flush();
      if (!isEmpty) hash.update(CRLF);
    },
  };
}

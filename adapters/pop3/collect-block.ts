import type { Block } from './block.ts';

/** The beginning of a block, or all of it. */
export interface CollectedBlock {
  readonly bytes: Buffer;
  /** Whether the block ended in it; else the rest is still to be read. */
  readonly isWhole: boolean;
}

/** How much to collect. */
export interface CollectOptions {
  /** What the server said; it may be wrong. */
  readonly expectedBytes: number;
  /** More than this, and by one piece at most, is not held. */
  readonly maxBytes: number;
}

// Servers count a line's end as one byte or as two.
const SPARE_BYTES = 1024;

/** Copies into a larger buffer. */
function enlarge(buffer: Buffer, filled: number, bytes: number): Buffer {
  const larger = Buffer.allocUnsafe(bytes);
  buffer.copy(larger, 0, 0, filled);
  return larger;
}

/** LIMIT: a buffer that is mostly empty is not kept; a server may say any size. */
const trim = (buffer: Buffer, filled: number): Buffer =>
  filled * 2 < buffer.length ? enlarge(buffer, filled, filled) : buffer.subarray(0, filled);

/**
 * Collects a block into one buffer.
 *
 * The pieces are copied: kept as they came, each would hold on to all that came with it.
 */
export async function collectBlock(
  block: Block,
  { expectedBytes, maxBytes }: CollectOptions,
): Promise<CollectedBlock> {
  let buffer: Buffer = Buffer.allocUnsafe(Math.min(expectedBytes + SPARE_BYTES, maxBytes));
  let filled = 0;
  while (filled <= maxBytes) {
    const piece = await block.readPiece();
    if (piece === undefined) return { bytes: trim(buffer, filled), isWhole: true };
    const needed = filled + piece.length;
    if (needed > buffer.length) buffer = enlarge(buffer, filled, Math.max(needed, 2 * filled));
    filled += piece.copy(buffer, filled);
  }
  return { bytes: buffer.subarray(0, filled), isWhole: false };
}

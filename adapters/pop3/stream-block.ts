import { Readable } from 'node:stream';
import type { Block } from './block.ts';

/** What a reader may be behind, in bytes. */
const HIGH_WATER_BYTES = 128 * 1024;

/** Makes a stream of what was read of a block and of what is still to come. */
export function streamBlock(begun: Buffer, block: Block): Readable {
  const stream = new Readable({
    highWaterMark: HIGH_WATER_BYTES,
    read() {
      block.readPiece().then(
        (piece) => {
          // A stream that was destroyed while it waited takes nothing more.
          if (!stream.destroyed) stream.push(piece ?? null);
        },
        (error: unknown) => {
          stream.destroy(error instanceof Error ? error : new Error('the block broke off'));
        },
      );
    },
  });
  if (begun.length > 0) stream.push(begun);
  return stream;
}

import type { PostroomError } from '../../mail/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { createDotUnstuffer } from './unstuff-dots.ts';

/** The lines of an answer that has several, as bytes. */
export interface Block {
  /** The next bytes, cut anywhere; undefined at the end, and for ever after. Calls may overlap. */
  readPiece(): Promise<Buffer | undefined>;
}

/** How much a block may hold, and what it is when there is more. */
export interface BlockLimit {
  readonly maxBytes: number;
  readonly createError: (maxBytes: number) => PostroomError;
}

/** Makes the reader of a block that begins where the source stands. */
export function createBlock(
  source: Pick<ByteSource, 'read' | 'unread'>,
  { maxBytes, createError }: BlockLimit,
): Block {
  const unstuffer = createDotUnstuffer();
  const ready: Buffer[] = [];
  let bytes = 0;
  let isEnded = false;

  const advance = async (): Promise<void> => {
    const chunk = await source.read();
    const { pieces, end } = unstuffer.push(chunk);
    ready.push(...pieces);
    for (const { length } of pieces) bytes += length;
    if (bytes > maxBytes) throw createError(maxBytes);
    if (end === undefined) return;
    isEnded = true;
    source.unread(chunk.subarray(end));
  };
  const readNext = async (): Promise<Buffer | undefined> => {
    while (ready.length === 0 && !isEnded) await advance();
    return ready.shift();
  };
  // A stream that is destroyed may still wait for a piece when the rest is skipped.
  let last = Promise.resolve<Buffer | undefined>(undefined);
  return { readPiece: () => (last = last.then(readNext)) };
}

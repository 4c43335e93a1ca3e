import { Readable } from 'node:stream';
import { MAX_HEAD_BYTES, readMailHead } from '../../mail/message/read-mail-head.ts';

/**
 * Looks whether what is about to be read is a raw mail, by its beginning.
 *
 * @returns The whole of it, to be read; undefined when it is no mail.
 */
export async function peekMail(source: Readable): Promise<Readable | undefined> {
  // Files and standard input come in pieces of bytes.
  const pieces = source.iterator({ destroyOnReturn: true }) as NodeJS.AsyncIterator<Buffer>;
  const head: Buffer[] = [];
  let bytes = 0;
  while (bytes < MAX_HEAD_BYTES) {
    const piece = await pieces.next();
    if (piece.done === true) break;
    head.push(piece.value);
    bytes += piece.value.length;
  }
  if (readMailHead(Buffer.concat(head)) === undefined) {
    source.destroy();
    return undefined;
  }
  const joinPieces = async function* (): AsyncGenerator<Buffer> {
    yield* head;
    yield* pieces;
  };
  return Readable.from(joinPieces(), { objectMode: false });
}

import { pipeline, Readable } from 'node:stream';
import { Splitter, type SplitterChunk } from '@zone-eu/mailsplit';
import { ConsumerError } from './consumer-error.ts';

type PartHead = Extract<SplitterChunk, { type: 'node' }>;
type Chunks = AsyncIterator<SplitterChunk, undefined>;

/** Numbered as in RFC 3501 section 6.4.5; a mail that is one part calls it `1`. */
function readPartPath({ partNr }: PartHead): string {
  const numbers = (partNr === false ? [] : partNr).filter((item) => typeof item === 'number');
  return numbers.length === 0 ? '1' : numbers.join('.');
}

const hasBody = ({ multipart, messageNode }: PartHead): boolean =>
  multipart === false && messageNode !== true;

async function* readBody(
  chunks: AsyncIterable<SplitterChunk>,
  wanted: PartHead,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    // Another part begins, or the line that ends this one: the rest is not read.
    if (chunk.type !== 'body' || chunk.node !== wanted) return;
    yield chunk.value;
  }
}

/** `for await` that stops ends its stream; what is left of it must be read by another. */
async function findPart(chunks: Chunks, partPath: string): Promise<PartHead | undefined> {
  for (;;) {
    const { done, value } = await chunks.next();
    if (done === true) return value;
    if (value.type === 'node' && hasBody(value) && readPartPath(value) === partPath) return value;
  }
}

/** QUIRK(mailsplit): its limits are 1,000 parts and 1 MiB of headers, as parse-mail's. */
const wrapSplitterError = (cause: unknown): unknown =>
  cause instanceof Error && 'code' in cause && cause.code === 'EMAXLEN'
    ? new ConsumerError('mail-unreadable', 'too many parts, or too large headers', cause)
    : cause;

// What fails destroys the stream that is read, with the error: whoever reads it hears of it there.
const tellReader = (): void => undefined;

/**
 * Picks one part out of a raw mail, its transfer encoding undone; its charset is left as it is.
 * Reads as it is read: however large mail and part are, less than 1 MiB is held. What stands behind
 * the part is not read, and the source is destroyed.
 *
 * @param partPath As events name it: `2`, `1.2`.
 * @throws {ConsumerError} `part-missing`, `mail-unreadable`.
 */
export async function pickMailPart(source: Readable, partPath: string): Promise<Readable> {
  const splitter = pipeline(source, new Splitter(), tellReader);
  const chunks: Chunks = splitter[Symbol.asyncIterator]();
  try {
    const part = await findPart(chunks, partPath);
    if (part === undefined) throw new ConsumerError('part-missing', 'the mail has no such part');
    const rest = { [Symbol.asyncIterator]: () => chunks };
    return pipeline(Readable.from(readBody(rest, part)), part.getDecoder(), () => {
      // A reader that leaves before its first byte has started nothing that would end the source.
      splitter.destroy();
    });
  } catch (error) {
    throw wrapSplitterError(error);
  }
}

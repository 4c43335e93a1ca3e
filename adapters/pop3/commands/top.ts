import { collectBlock } from '../collect-block.ts';
import type { Pop3Connection } from '../connection.ts';
import type { Exchange } from '../exchange.ts';
import { expectOk } from './expect-ok.ts';

/** What a header has, about: answers are asked for ahead by it. */
const USUAL_HEADER_BYTES = 4096;
const HEADER_ENDS = ['\r\n\r\n', '\n\n'];

/** Up to and with the empty line. QUIRK: some servers send lines of the body although none are asked for. */
function cutHeader(bytes: Buffer): Buffer {
  const ends = HEADER_ENDS.map((end) => {
    const at = bytes.indexOf(end);
    return at === -1 ? bytes.length : at + end.length;
  });
  return bytes.subarray(0, Math.min(...ends));
}

/** A header, and whose it is. */
export interface ReadHeader<Item> {
  readonly item: Item;
  /** Undefined where the server refuses. */
  readonly header: Buffer | undefined;
}

/** TOP n 0: reads headers (RFC 1939 section 7). */
export const createHeaderReading = <Item extends { readonly number: number }>(
  connection: Pop3Connection,
): Exchange<Item, ReadHeader<Item>> => ({
  format: ({ number }) => `TOP ${number} 0`,
  measure: () => USUAL_HEADER_BYTES,
  hasBlock: true,
  async read(item, answer) {
    if (answer.kind === 'refused') return { item, header: undefined };
    expectOk('TOP', answer);
    const { bytes } = await collectBlock(connection.openBlock('mail'), {
      expectedBytes: USUAL_HEADER_BYTES,
      maxBytes: connection.limits.headerBytes,
    });
    return { item, header: cutHeader(bytes) };
  },
});

import type { FetchedMail, ListedMail } from '../../../mail/ports/mailbox-ports.ts';
import type { Block } from '../block.ts';
import { collectBlock } from '../collect-block.ts';
import type { Pop3Connection } from '../connection.ts';
import type { Exchange } from '../exchange.ts';
import type { NumberedMail } from '../numbered-mail.ts';
import { streamBlock } from '../stream-block.ts';
import { expectOk } from './expect-ok.ts';

/**
 * Reads what follows `+OK`: as a buffer when it is small, whatever LIST said of it.
 *
 * @param maxBytes Mails above it become streams.
 */
export async function readContent(
  block: Block,
  mail: ListedMail,
  maxBytes: number,
): Promise<FetchedMail> {
  if (mail.bytes > maxBytes) {
    return { kind: 'content', mail, content: streamBlock(Buffer.alloc(0), block) };
  }
  const { bytes, isWhole } = await collectBlock(block, { expectedBytes: mail.bytes, maxBytes });
  return { kind: 'content', mail, content: isWhole ? bytes : streamBlock(bytes, block) };
}

/**
 * RETR: reads mails whole (RFC 1939 section 5). Servers that keep flags take them for seen then.
 *
 * @param maxBufferedBytes Mails above it come as streams.
 */
export const createRetrieval = (
  connection: Pop3Connection,
  maxBufferedBytes: number,
): Exchange<NumberedMail, FetchedMail> => ({
  format: ({ number }) => `RETR ${number}`,
  measure: ({ mail }) => mail.bytes,
  hasBlock: true,
  async read({ mail }, answer) {
    if (answer.kind === 'refused') {
      return { kind: 'refused', mail, code: answer.responseCode ?? 'ERR' };
    }
    expectOk('RETR', answer);
    return readContent(connection.openBlock('mail'), mail, maxBufferedBytes);
  },
});

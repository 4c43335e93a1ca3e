import type { FetchedMail } from '../../../mail/ports/mailbox-ports.ts';
import type { Pop3Connection } from '../connection.ts';
import type { Exchange } from '../exchange.ts';
import type { NumberedMail } from '../numbered-mail.ts';
import { expectOk } from './expect-ok.ts';
import { readContent } from './retr.ts';

/** More lines than any mail has, in a number that every server can read. */
const ALL_LINES = 99_999_999;

/** What TOP gave of a mail. */
export interface PeekedMail {
  readonly item: NumberedMail;
  /** Undefined when the server refused. */
  readonly fetched: FetchedMail | undefined;
}

/**
 * TOP with all lines: reads mails whole and, unlike RETR, leaves them unseen where a server keeps
 * flags (RFC 1939 section 7).
 *
 * @param maxBufferedBytes Mails above it come as streams.
 */
export const createPeeking = (
  connection: Pop3Connection,
  maxBufferedBytes: number,
): Exchange<NumberedMail, PeekedMail> => ({
  format: ({ number }) => `TOP ${number} ${ALL_LINES}`,
  measure: ({ mail }) => mail.bytes,
  hasBlock: true,
  async read(item, answer) {
    if (answer.kind === 'refused') return { item, fetched: undefined };
    expectOk('TOP', answer);
    const block = connection.openBlock('mail');
    return { item, fetched: await readContent(block, item.mail, maxBufferedBytes) };
  },
});

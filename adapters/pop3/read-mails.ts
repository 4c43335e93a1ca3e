import type { FetchedMail } from '../../mail/ports/mailbox-ports.ts';
import { createPeeking } from './commands/peek.ts';
import { createRetrieval } from './commands/retr.ts';
import { exchangeAll, type Exchanger } from './exchange.ts';
import type { NumberedMail } from './numbered-mail.ts';

/** How mails are read. */
export interface ReadOptions {
  /** Mails above it come as streams. */
  readonly maxBufferedBytes: number;
  /** Whether no mail may become seen by it, even if it comes cut. */
  readonly isReadOnly: boolean;
}

const isShort = ({ mail }: NumberedMail, fetched: FetchedMail): boolean =>
  fetched.kind === 'content' &&
  fetched.content instanceof Buffer &&
  fetched.content.length < mail.bytes;

/** Reads mails by TOP, and once more by RETR those that came shorter than LIST said. */
async function* peekMails(
  exchanger: Exchanger,
  mails: readonly NumberedMail[],
  { maxBufferedBytes, isReadOnly }: ReadOptions,
): AsyncGenerator<FetchedMail> {
  const { connection } = exchanger;
  const again: NumberedMail[] = [];
  const peeking = createPeeking(connection, maxBufferedBytes);
  for await (const { item, fetched } of exchangeAll(exchanger, mails, peeking)) {
    // QUIRK: some servers cut what TOP gives, whatever the number of lines.
    if (fetched !== undefined && (isReadOnly || !isShort(item, fetched))) yield fetched;
    else if (isReadOnly) yield { kind: 'refused', mail: item.mail, code: 'ERR' };
    else again.push(item);
  }
  yield* exchangeAll(exchanger, again, createRetrieval(connection, maxBufferedBytes));
}

/**
 * Reads mails whole. They stay unseen where the server has TOP, save those that are streamed from a
 * mailbox that may be changed: a stream that came cut cannot be begun again.
 */
export async function* readMails(
  exchanger: Exchanger,
  mails: readonly NumberedMail[],
  options: ReadOptions,
): AsyncGenerator<FetchedMail> {
  const { maxBufferedBytes, isReadOnly } = options;
  const hasTop = exchanger.capabilities.has('TOP');
  const isPeeked = ({ mail }: NumberedMail): boolean =>
    hasTop && (isReadOnly || mail.bytes <= maxBufferedBytes);
  yield* peekMails(exchanger, mails.filter(isPeeked), options);
  yield* exchangeAll(
    exchanger,
    mails.filter((mail) => !isPeeked(mail)),
    createRetrieval(exchanger.connection, maxBufferedBytes),
  );
}

import type { MailReceived } from '../../consumer/mail-event.ts';

/** What a mail in the mailbox of bounces is. */
export type Feedback =
  /** A report (RFC 3464); `partPath` is where it tells of recipients, undefined where it does not. */
  | { readonly kind: 'bounce'; readonly partPath: string | undefined }
  /** Somebody asks for no more mail. */
  | { readonly kind: 'unsubscribe'; readonly address: string }
  | { readonly kind: 'other' };

const DELIVERY_STATUS = ['message/delivery-status', 'message/global-delivery-status'];

const readHeader = ({ headers }: MailReceived, name: string): string | undefined =>
  headers.find((header) => header.name.toLowerCase() === name)?.value;

/** RFC 6522: a parameter tells what kind of report it is. */
const isDeliveryReport = (mail: MailReceived): boolean =>
  /^multipart\/report\b.*;\s*report-type="?(delivery-status|global-delivery-status)\b/is.test(
    readHeader(mail, 'content-type') ?? '',
  );

/** RFC 3834 section 5: what answers by itself asks for nothing. */
const isAutomatic = (mail: MailReceived): boolean =>
  !/^(no\b|$)/i.test(readHeader(mail, 'auto-submitted') ?? '');

const asksToUnsubscribe = ({ subject, to }: MailReceived): boolean =>
  /^\s*((re|aw|antw)\s*:\s*)*unsubscribe\b/i.test(subject ?? '') ||
  to.some(({ address }) => /^[^@]*\bunsubscribe\b/i.test(address));

/** Tells bounces and requests to unsubscribe from other mail, by headers and parts alone. */
export function classifyMail(mail: MailReceived): Feedback {
  const part = mail.attachments.find(({ type }) => DELIVERY_STATUS.includes(type));
  if (isDeliveryReport(mail)) return { kind: 'bounce', partPath: part?.partPath };
  const [author] = mail.from;
  if (author !== undefined && asksToUnsubscribe(mail) && !isAutomatic(mail)) {
    return { kind: 'unsubscribe', address: author.address.toLowerCase() };
  }
  return { kind: 'other' };
}

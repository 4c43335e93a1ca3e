import type { MailReceived } from '../contracts/mail-received.ts';

/** What a mail says of itself: the part of `MailReceived` that its bytes alone decide. */
export type ReadMail = Pick<
  MailReceived,
  | 'headers'
  | 'from'
  | 'to'
  | 'cc'
  | 'subject'
  | 'date'
  | 'messageId'
  | 'inReplyTo'
  | 'references'
  | 'text'
  | 'html'
  | 'attachments'
>;

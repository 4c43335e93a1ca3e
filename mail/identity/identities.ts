import { createHash } from 'node:crypto';

const sha256 = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');

/**
 * The content of a mail, whatever way it took: `m1-<Message-ID>-<content>`, both as hashes. What
 * stands in front lets a mail that claims another's Message-ID be found; it tells nothing else.
 *
 * @param messageId The raw Message-ID field; undefined when there is none.
 */
export function createMailId(messageId: string | undefined, content: unknown): string {
  const contentHash = sha256(content);
  const start = messageId === undefined ? startMailId(contentHash) : createMailIdStart(messageId);
  return `${start}${contentHash}`;
}

const startMailId = (hash: string): string => `m1-${hash.slice(0, 16)}-`;

/** What the `mailId` of every mail with this Message-ID begins with. */
export const createMailIdStart = (messageId: string): string =>
  startMailId(hashMessageId(messageId));

/** A Message-ID as it stands in front of a `mailId`, longer than there; white space is not part of it. */
export const hashMessageId = (messageId: string): string => sha256(messageId.replace(/\s+/g, ''));

/** A copy that SES took: its message id and the receipt rule, by the rule's key prefix. */
export const createSesArrivalId = (receiptRule: string, sesMessageId: string): string =>
  `ses-${receiptRule}-${sesMessageId}`;

/** The same for each sending of one mail's event to one destination and its recipients. */
export const createEventId = (
  mailId: string,
  queue: string,
  recipients: readonly string[],
): string => `e1-${sha256([mailId, queue, recipients.toSorted()])}`;

/**
 * FIFO queues keep the order within a group: one group for each sender, as SQS allows it to be
 * written (128 characters at the most).
 */
export const createGroupId = (sender: string): string => sha256(sender.toLowerCase()).slice(0, 32);

import { createHash } from 'node:crypto';

const sha256 = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');

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

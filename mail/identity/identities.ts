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

/** A mail that was dropped: the object's key, and its version or what S3 calls its bytes. */
export const createDropArrivalId = (key: string, version: string): string =>
  `drop-${sha256([key, version]).slice(0, 40)}`;

/** A mail of a polled mailbox, as its server tells mails apart. */
export interface PolledCopy {
  readonly door: 'imap' | 'pop3';
  /** The mailbox's name in the configuration. */
  readonly mailbox: string;
  readonly folder: string;
  /** UIDVALIDITY; empty for POP3. */
  readonly generation: string;
  /** UID or unique-id. */
  readonly id: string;
  /** EMAILID or X-GM-MSGID: one mail has it in all folders. */
  readonly serverId: string | undefined;
}

/** A copy that was polled; the same mail in several folders of a server that says so is one copy. */
export function createPolledArrivalId(copy: PolledCopy): string {
  const { door, mailbox, folder, generation, id, serverId } = copy;
  const place = door === 'pop3' ? [id] : [folder, generation, id];
  return `${door}-${mailbox}-${sha256(serverId === undefined ? place : [serverId]).slice(0, 40)}`;
}

const FOUND_MARK = '~found';

/** A copy that SES took and did not announce; what comes of it is told apart from the notification's. */
export const createFoundArrivalId = (arrivalId: string): string => `${arrivalId}${FOUND_MARK}`;

/** The copy itself, however it became known. */
export const readCopyId = (arrivalId: string): string =>
  arrivalId.endsWith(FOUND_MARK) ? arrivalId.slice(0, -FOUND_MARK.length) : arrivalId;

/** The same for each sending of one mail's event to one destination and its recipients. */
export const createEventId = (
  mailId: string,
  queue: string,
  recipients: readonly string[],
): string => `e1-${sha256([mailId, queue, recipients.toSorted()])}`;

/** The same for each telling of one occasion in a mailbox. */
export const createMailboxEventId = (type: string, mailbox: string, occasion: string): string =>
  `e1-${sha256([type, mailbox, occasion])}`;

/**
 * FIFO queues keep the order within a group: one group for each sender, as SQS allows it to be
 * written (128 characters at the most).
 */
export const createGroupId = (sender: string): string => sha256(sender.toLowerCase()).slice(0, 32);

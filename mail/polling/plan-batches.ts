import type { ListedMail } from '../ports/mailbox-ports.ts';
import type { TroubledMail } from './mailbox-state.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_MAILS } from './poll-limits.ts';

/** What a poll may still take. */
export interface PollRoom {
  readonly messages: number;
  readonly bytes: number;
  /** Mails of one batch. */
  readonly batchMails: number;
}

/** What a mail in trouble is told by when it ended its session. */
const SESSION_CODES: readonly string[] = ['peer-protocol', 'peer-unavailable'];

/**
 * How many mails are taken together. A server answers in an order of its own, so the mail that ended
 * a session may be another of its batch than the one that was blamed: one by one each is what it is.
 */
export const planBatchMails = (troubled: readonly TroubledMail[]): number =>
  troubled.some(({ code }) => SESSION_CODES.includes(code)) ? 1 : MAX_BATCH_MAILS;

/** Mails that are taken together, and those for which there is no room in this poll. */
export interface PlannedBatches {
  readonly batches: readonly (readonly ListedMail[])[];
  readonly left: number;
}

/**
 * Cuts a list of mails into batches, in order, as far as there is room. A first mail is taken though
 * it is larger than the room: it would never be taken else.
 *
 * @param isFirst Whether nothing was taken in this poll yet.
 */
export function planBatches(
  mails: readonly ListedMail[],
  room: PollRoom,
  isFirst: boolean,
): PlannedBatches {
  const batches: ListedMail[][] = [];
  let { messages, bytes } = room;
  let batchBytes = 0;
  for (const [index, mail] of mails.entries()) {
    const isTaken = messages > 0 && (bytes >= mail.bytes || (isFirst && index === 0));
    if (!isTaken) return { batches, left: mails.length - index };
    const last = batches.at(-1);
    const fits =
      last !== undefined &&
      last.length < room.batchMails &&
      batchBytes + mail.bytes <= MAX_BATCH_BYTES;
    if (fits) last.push(mail);
    else batches.push([mail]);
    batchBytes = (fits ? batchBytes : 0) + mail.bytes;
    messages -= 1;
    bytes -= mail.bytes;
  }
  return { batches, left: 0 };
}

import type { ListedMail } from '../ports/mailbox-ports.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_MAILS } from './poll-limits.ts';

/** What a poll may still take. */
export interface PollRoom {
  readonly messages: number;
  readonly bytes: number;
}

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
      last.length < MAX_BATCH_MAILS &&
      batchBytes + mail.bytes <= MAX_BATCH_BYTES;
    if (fits) last.push(mail);
    else batches.push([mail]);
    batchBytes = (fits ? batchBytes : 0) + mail.bytes;
    messages -= 1;
    bytes -= mail.bytes;
  }
  return { batches, left: 0 };
}

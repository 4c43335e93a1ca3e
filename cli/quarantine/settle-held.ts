import type { ObjectRemover } from '../../adapters/aws/s3-object-remover.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { createArrivalNotice } from '../../mail/contracts/create-arrival-notice.ts';
import type { Ledger } from '../../mail/ledger/ledger.ts';
import type { ArrivalAnnouncer, QueueWriter } from '../../mail/ports/door-ports.ts';
import {
  type HeldRow,
  MAX_MESSAGE_CHARACTERS,
  type QuarantineDesk,
} from '../../mail/quarantine/quarantine.ts';

/** What settling a row needs of the world. */
export interface SettlingPorts {
  readonly desk: QuarantineDesk;
  readonly ledger: Pick<Ledger, 'reopenArrival'>;
  readonly announcer: ArrivalAnnouncer;
  readonly queues: QueueWriter;
  readonly objects: Pick<ObjectRemover, 'removeObject'>;
}

/** What came of trying a row again. */
export type RetryOutcome =
  /** The arrivals queue has the mail. */
  | { readonly kind: 'announced' }
  /** Its own queue has the message. */
  | { readonly kind: 'put-back'; readonly queue: string }
  /** It is a message that was too large to be kept whole. */
  | { readonly kind: 'cut' };

async function announceAgain(
  arrived: ArrivedMail,
  { ledger, announcer }: SettlingPorts,
  isReleased: boolean,
): Promise<void> {
  await ledger.reopenArrival(arrived.arrival.arrivalId);
  await announcer.announceArrival({ ...createArrivalNotice(arrived), isReleased });
}

/**
 * Sends a mail through the rules again; a released one past all that sends mail into quarantine. A
 * message goes back into the queue that it came from.
 *
 * The arrival is opened first, then announced, then the row is marked: cut off anywhere, the same
 * call does the rest.
 *
 * @throws {PeerUnavailableError}
 */
export async function retryHeld(
  row: HeldRow,
  ports: SettlingPorts,
  { isReleased }: { readonly isReleased: boolean },
): Promise<RetryOutcome> {
  const { arrived, message, queue } = row;
  if (arrived !== null) {
    await announceAgain(arrived, ports, isReleased);
    await ports.desk.markHeld(row, isReleased ? 'released' : 'retried');
    return { kind: 'announced' };
  }
  if (message === null || queue === null || message.length >= MAX_MESSAGE_CHARACTERS) {
    return { kind: 'cut' };
  }
  await ports.queues.writeMessage(queue, message);
  await ports.desk.markHeld(row, 'retried');
  return { kind: 'put-back', queue };
}

/** Removes the raw mail, then marks the row: its evidence stays until it expires. */
export async function deleteHeld(row: HeldRow, { desk, objects }: SettlingPorts): Promise<void> {
  if (row.arrived !== null) await objects.removeObject(row.arrived.arrival.raw);
  await desk.markHeld(row, 'deleted');
}

import type { ObjectRemover } from '../../adapters/aws/s3-object-remover.ts';
import type { Ledger } from '../../mail/ledger/ledger.ts';
import type { ArrivalAnnouncer } from '../../mail/ports/door-ports.ts';
import type { HeldRow, QuarantineDesk } from '../../mail/quarantine/quarantine.ts';

/** What settling a row needs of the world. */
export interface SettlingPorts {
  readonly desk: QuarantineDesk;
  readonly ledger: Pick<Ledger, 'reopenArrival'>;
  readonly announcer: ArrivalAnnouncer;
  readonly objects: Pick<ObjectRemover, 'removeObject'>;
}

/**
 * Sends a mail through the rules again; a released one past all that sends mail into quarantine.
 *
 * The arrival is opened first, then announced, then the row is marked: cut off anywhere, the same
 * call does the rest.
 *
 * @returns false for a message that announces no mail: there is nothing to send.
 */
export async function retryHeld(
  row: HeldRow,
  { desk, ledger, announcer }: SettlingPorts,
  { isReleased }: { readonly isReleased: boolean },
): Promise<boolean> {
  if (row.arrived === null) return false;
  await ledger.reopenArrival(row.arrived.arrival.arrivalId);
  const { envelope, ...arrived } = row.arrived;
  await announcer.announceArrival({
    type: 'mail.arrived',
    version: 1,
    arrived: { ...arrived, envelope: { ...envelope, recipients: [...envelope.recipients] } },
    isReleased,
  });
  await desk.markHeld(row, isReleased ? 'released' : 'retried');
  return true;
}

/** Removes the raw mail, then marks the row: its evidence stays until it expires. */
export async function deleteHeld(row: HeldRow, { desk, objects }: SettlingPorts): Promise<void> {
  if (row.arrived !== null) await objects.removeObject(row.arrived.arrival.raw);
  await desk.markHeld(row, 'deleted');
}

import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { createArrivalNotice } from '../../mail/contracts/create-arrival-notice.ts';
import type { Ledger } from '../../mail/ledger/ledger.ts';
import type { ArrivalAnnouncer } from '../../mail/ports/door-ports.ts';

/** What entering a mail that is stored already needs of the world. */
export interface EnterFoundArrivalPorts {
  readonly arrivals: ArrivalAnnouncer;
  readonly ledger: Pick<Ledger, 'recordSeen'>;
}

/**
 * Announces a mail in the place of whoever should have. Doing it again is harmless.
 *
 * @throws {PeerUnavailableError}
 */
export async function enterFoundArrival(
  arrived: ArrivedMail,
  { arrivals, ledger }: EnterFoundArrivalPorts,
): Promise<void> {
  await ledger.recordSeen(arrived);
  await arrivals.announceArrival(createArrivalNotice(arrived));
}

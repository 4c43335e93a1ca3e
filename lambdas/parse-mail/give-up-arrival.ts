import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import type { ArrivalFailure, ClaimedArrival, StoredQuarantine } from '../../mail/ledger/ledger.ts';
import type { QuarantineReason } from '../../mail/quarantine/quarantine.ts';
import { giveUpUnread } from '../quarantine-failed.ts';
import type { ReceiveMailPorts } from './ports.ts';
import { readHeadSafely } from './read-head-safely.ts';

/**
 * Decides what is told of an arrival that cannot be handled, with its header fields. No more than the
 * first bytes of the mail are read for these: whatever ended the earlier tries may be in the rest.
 *
 * @throws {ClaimLostError} When another has taken the arrival since.
 * @throws {PeerUnavailableError}
 */
export async function giveUpArrival(
  arrived: ArrivedMail,
  claimed: ClaimedArrival,
  failure: ArrivalFailure & QuarantineReason,
  { ledger, rawMail }: ReceiveMailPorts,
): Promise<StoredQuarantine> {
  const fields = await readHeadSafely(rawMail, arrived.arrival.raw);
  return giveUpUnread(arrived, claimed, { ...failure, fields }, ledger);
}

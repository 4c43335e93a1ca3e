import type { ArrivedMail } from '../mail/contracts/arrived-mail.ts';
import type {
  ArrivalFailure,
  ClaimedArrival,
  Ledger,
  SentEvent,
  StoredQuarantine,
} from '../mail/ledger/ledger.ts';
import type { RawHeaderField } from '../mail/message/header-block.ts';
import type { HandledMail } from '../mail/ports/ports.ts';
import type { QuarantineReason } from '../mail/quarantine/quarantine.ts';
import {
  pickShownFields,
  quarantineMail,
  type QuarantinePorts,
  type QuarantineRules,
} from './quarantine-mail.ts';

/**
 * Recipients whose deliveries are another arrival's are not held: that one has them.
 *
 * LIMIT: whose a delivery is stands in the stored decision. Of a mail that was never read there is
 * none, and all its recipients are held; a retry, which reads it, swallows the repeats.
 */
function listOwnRecipients({ envelope }: ArrivedMail, { stored }: ClaimedArrival) {
  const repeats = new Set(stored?.repeats.map(({ recipient }) => recipient));
  return envelope.recipients.filter((recipient) => !repeats.has(recipient));
}

/** Why an arrival is given up, and what is known of its header. */
export interface GivenUp extends ArrivalFailure, QuarantineReason {
  readonly fields: readonly RawHeaderField[];
}

/**
 * Decides what is told of an arrival that cannot be handled, and stores that before anybody is told.
 *
 * @throws {ClaimLostError} When another has taken the arrival since.
 * @throws {PeerUnavailableError}
 */
export async function giveUpUnread(
  arrived: ArrivedMail,
  claimed: ClaimedArrival,
  { code, stack, reason, fields }: GivenUp,
  ledger: Pick<Ledger, 'recordQuarantine'>,
): Promise<StoredQuarantine> {
  const { claim, stored } = claimed;
  const quarantine: StoredQuarantine = {
    code,
    reason,
    stack,
    mailId: stored?.mailId ?? null,
    recipients: listOwnRecipients(arrived, claimed),
    attempts: claim.epoch,
    fields: pickShownFields(fields),
  };
  await ledger.recordQuarantine(claim, quarantine);
  return quarantine;
}

/** What holding a mail needs of the world. */
export interface HoldingPorts extends QuarantinePorts {
  readonly ledger: Pick<Ledger, 'listArrival' | 'finishArrival'>;
}

async function holdOwn(
  { arrival, envelope, verdicts }: ArrivedMail,
  { recipients, ...quarantine }: StoredQuarantine,
  ports: HoldingPorts,
  rules: QuarantineRules,
): Promise<readonly SentEvent[]> {
  if (recipients.length === 0) return [];
  const arrived = { arrival, envelope: { ...envelope, recipients }, verdicts };
  return quarantineMail({ ...quarantine, arrived, trace: [] }, ports, rules);
}

/**
 * Quarantines an arrival that cannot be handled, as it was decided: row, event, list, end. Cut off
 * anywhere, the same call does the rest.
 *
 * @throws {ClaimLostError} When another has taken the arrival since.
 * @throws {PeerUnavailableError}
 */
export async function quarantineFailed(
  arrived: ArrivedMail,
  { claim, stored }: ClaimedArrival,
  quarantine: StoredQuarantine,
  ports: HoldingPorts,
  rules: QuarantineRules,
): Promise<HandledMail> {
  const { recipients, reason, code } = quarantine;
  const sent = await holdOwn(arrived, quarantine, ports, rules);
  const outcome = recipients.length === 0 ? 'repeat' : 'quarantined';
  const unread = { mailId: null, bytes: 0, subject: null };
  await ports.ledger.listArrival({ arrived, outcome, from: null, sent, ...unread });
  await ports.ledger.finishArrival(claim, outcome, sent);
  return {
    ...unread,
    arrivalId: arrived.arrival.arrivalId,
    sent: [],
    quarantined: recipients.length === 0 ? [] : [{ recipients, reason, code }],
    dropped: [],
    repeats: stored?.repeats ?? [],
    sender: arrived.envelope.sender,
  };
}

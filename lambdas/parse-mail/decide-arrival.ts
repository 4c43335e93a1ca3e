import type { Ledger, StoredDecision } from '../../mail/ledger/ledger.ts';
import { readMailId, toMailFacts } from '../../mail/message/create-events.ts';
import { decideMail, type MailDecision } from '../../mail/rules/decide-mail.ts';
import type { ActiveRules, ReadArrival } from './ports.ts';

/** Recipients that this arrival handles, and those that another one does. */
interface Deliveries {
  readonly own: readonly string[];
  readonly repeats: StoredDecision['repeats'];
}

async function assignDeliveries(
  ledger: Ledger,
  arrivalId: string,
  mailId: string,
  recipients: readonly string[],
): Promise<Deliveries> {
  const owners = await ledger.assignDeliveries(arrivalId, mailId, recipients);
  const assigned = recipients.map((recipient, index) => ({
    recipient,
    arrivalId: owners[index] ?? arrivalId,
  }));
  return {
    own: assigned.flatMap((one) => (one.arrivalId === arrivalId ? [one.recipient] : [])),
    repeats: assigned.filter((one) => one.arrivalId !== arrivalId),
  };
}

/** Leaves out the destinations that want one event a mail and have it from another arrival. */
const leaveOutServed = (
  { destinations, ...others }: MailDecision,
  served: readonly string[],
): MailDecision => ({
  destinations: destinations.filter(({ queue }) => !served.includes(queue)),
  ...others,
});

/**
 * Decides an arrival for the recipients whose deliveries are its own, and stores that before
 * anything is sent. Deliveries that another arrival has are repeats: nothing is sent for them.
 */
export async function decideArrival(
  { arrived, claim, read, isReleased }: ReadArrival,
  ledger: Ledger,
  { compiled, configuration: { queues } }: ActiveRules,
): Promise<StoredDecision> {
  const { arrivalId } = arrived.arrival;
  const mailId = readMailId(arrived, read);
  const facts = toMailFacts(arrived, read, isReleased);
  // Before this mail has deliveries of its own to look past, which would be another question.
  const sameMessageIdAs = await ledger.findSameMessageId(mailId);
  const { own, repeats } = await assignDeliveries(
    ledger,
    arrivalId,
    mailId,
    facts.envelope.recipients,
  );
  const decision = decideMail(compiled, {
    ...facts,
    envelope: { ...facts.envelope, recipients: own },
  });
  const onceQueues = decision.destinations.flatMap(({ queue }) =>
    queues[queue]?.once === 'mail' ? [queue] : [],
  );
  const owners = await ledger.assignQueues(arrivalId, mailId, onceQueues);
  const servedQueues = onceQueues.filter((_, index) => owners[index] !== arrivalId);
  const stored: StoredDecision = {
    mailId,
    sameMessageIdAs,
    decision: leaveOutServed(decision, servedQueues),
    repeats,
    servedQueues,
  };
  await ledger.recordDecision(claim, stored);
  return stored;
}

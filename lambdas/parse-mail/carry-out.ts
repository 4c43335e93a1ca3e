import type { ArrivalOutcome, SentEvent, StoredDecision } from '../../mail/ledger/ledger.ts';
import { createEvents } from '../../mail/message/create-events.ts';
import type { HandledMail } from '../../mail/ports/ports.ts';
import { type QuarantineCase, quarantineMail } from '../quarantine-mail.ts';
import type { ActiveRules, ReadArrival, ReceiveMailPorts } from './ports.ts';
import { sendEvents } from './send-events.ts';

function readOutcome({ decision, repeats }: StoredDecision): ArrivalOutcome {
  if (decision.destinations.length > 0) return 'sent';
  if (decision.quarantined.length > 0) return 'quarantined';
  return repeats.length > 0 ? 'repeat' : 'dropped';
}

/** Holds the recipients whose mail the rules want kept apart; one row and one event for all of them. */
async function holdQuarantined(
  { arrived, claim, read }: ReadArrival,
  { mailId, decision: { quarantined } }: StoredDecision,
  ports: ReceiveMailPorts,
  rules: ActiveRules,
): Promise<readonly SentEvent[]> {
  const [first] = quarantined;
  if (first === undefined) return [];
  const recipients = quarantined.flatMap((group) => group.recipients);
  const held: QuarantineCase = {
    arrived: { ...arrived, envelope: { ...arrived.envelope, recipients } },
    mailId,
    reason: quarantined.map(({ reason }) => reason).join('; '),
    code: first.code,
    attempts: claim.epoch,
    stack: null,
    trace: quarantined.flatMap(({ trace }) => trace),
    fields: read.mail.headers,
  };
  return quarantineMail(held, ports, rules);
}

/** Carries out what was decided: events first, then the list, then the end of the arrival. */
export async function carryOut(
  arrival: ReadArrival,
  stored: StoredDecision,
  ports: ReceiveMailPorts,
  rules: ActiveRules,
): Promise<HandledMail> {
  const { arrived, claim, read } = arrival;
  const { mailId, decision, repeats } = stored;
  const { from, subject } = read.mail;
  const events = createEvents(arrived, read, stored);
  const outcome = readOutcome(stored);
  const { inlineEventBytes } = rules.configuration.limits;
  const sent = [
    ...(await sendEvents(events, arrived.envelope.sender, ports, inlineEventBytes)),
    ...(await holdQuarantined(arrival, stored, ports, rules)),
  ];
  await ports.ledger.listArrival({
    arrived,
    mailId,
    outcome,
    bytes: read.bytes,
    from: from[0]?.address ?? null,
    subject,
    sent,
  });
  await ports.ledger.finishArrival(claim, outcome, sent);
  return {
    mailId,
    arrivalId: arrived.arrival.arrivalId,
    bytes: read.bytes,
    sent: events,
    quarantined: decision.quarantined,
    dropped: decision.dropped,
    repeats,
    sender: arrived.envelope.sender,
    subject,
  };
}

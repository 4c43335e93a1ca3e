import { createHash } from 'node:crypto';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import type { MailReceivedClaim } from '../../mail/contracts/mail-received.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { readArrival } from '../../mail/contracts/read-arrival.ts';
import { ArrivalBusyError, PostroomError } from '../../mail/errors.ts';
import { createGroupId } from '../../mail/identity/identities.ts';
import type {
  ArrivalClaim,
  ArrivalOutcome,
  ClaimResult,
  Ledger,
  SentEvent,
  StoredDecision,
} from '../../mail/ledger/ledger.ts';
import { type AddressedEvent, createEvents } from '../../mail/message/create-events.ts';
import { type ReadRawMail, readRawMail } from '../../mail/message/read-raw-mail.ts';
import { toSqsJson } from '../../mail/message/sqs-json.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import type {
  ClaimWriter,
  EventSender,
  HandledMail,
  MimeParser,
  RawMailReader,
} from '../../mail/ports/ports.ts';
import { type CompiledRules, compileRules } from '../../mail/rules/compile-rules.ts';
import { decideArrival } from './decide-arrival.ts';

/** What the straight path needs of the world. */
export interface ReceiveMailPorts {
  readonly rawMail: RawMailReader;
  readonly claims: ClaimWriter;
  readonly events: EventSender;
  readonly mime: MimeParser;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** The bucket that SES writes to; a notification for another is refused. */
  readonly mailBucket: string;
}

/** The part of a configuration that holds for one batch, ready for use. */
export interface ActiveRules {
  readonly compiled: CompiledRules;
  readonly queues: ParseMailConfiguration['queues'];
  readonly limits: ParseMailConfiguration['limits'];
}

/** Compiles the rules of a configuration. */
export const createActiveRules = (
  configuration: Pick<
    ParseMailConfiguration,
    'rules' | 'otherwise' | 'receiving' | 'queues' | 'limits'
  >,
): ActiveRules => ({
  compiled: compileRules(configuration),
  queues: configuration.queues,
  limits: configuration.limits,
});

async function createBody(
  claims: ClaimWriter,
  event: AddressedEvent['event'],
  inlineEventBytes: number,
): Promise<string> {
  const json = toSqsJson(event);
  const bytes = Buffer.byteLength(json);
  if (bytes <= inlineEventBytes) return json;
  const { eventId, mailId } = event;
  const claim: MailReceivedClaim = {
    type: 'mail.received.claim',
    version: 1,
    eventId,
    mailId,
    event: {
      ...(await claims.writeClaim(eventId, json)),
      bytes,
      sha256: createHash('sha256').update(json).digest('hex'),
    },
  };
  return toSqsJson(claim);
}

async function sendEvents(
  sent: readonly AddressedEvent[],
  sender: string,
  { claims, events, clock }: Pick<ReceiveMailPorts, 'claims' | 'events' | 'clock'>,
  inlineEventBytes: number,
): Promise<readonly SentEvent[]> {
  const handedOver: SentEvent[] = [];
  for (const { queue, event } of sent) {
    await events.sendEvent({
      queue,
      eventId: event.eventId,
      groupId: createGroupId(sender),
      body: await createBody(claims, event, inlineEventBytes),
    });
    handedOver.push({ queue, eventId: event.eventId, sentAtMs: clock.now() });
  }
  return handedOver;
}

function readOutcome({ decision, repeats }: StoredDecision): ArrivalOutcome {
  if (decision.destinations.length > 0) return 'sent';
  return repeats.length > 0 ? 'repeat' : 'dropped';
}

/** Carries out what was decided: events first, then the list, then the end of the arrival. */
async function carryOut(
  { arrived, claim, read }: ReadArrival,
  stored: StoredDecision,
  ports: ReceiveMailPorts,
  { limits }: ActiveRules,
): Promise<HandledMail> {
  const { arrival, envelope } = arrived;
  const { mailId, decision } = stored;
  const { from, subject } = read.mail;
  const sent = createEvents(arrived, read, stored);
  const outcome = readOutcome(stored);
  const references = await sendEvents(sent, envelope.sender, ports, limits.inlineEventBytes);
  await ports.ledger.listArrival({
    arrived,
    mailId,
    outcome,
    bytes: read.bytes,
    from: from[0]?.address ?? null,
    subject,
    sent: references,
  });
  await ports.ledger.finishArrival(claim, outcome, references);
  return {
    mailId,
    arrivalId: arrival.arrivalId,
    bytes: read.bytes,
    sent,
    dropped: decision.dropped,
    repeats: stored.repeats,
    sender: envelope.sender,
    subject,
  };
}

/** An arrival that is claimed and read. */
export interface ReadArrival {
  readonly arrived: ArrivedMail;
  readonly claim: ArrivalClaim;
  readonly read: ReadRawMail;
}

/** Reads a claimed arrival, decides it unless that was done before, and carries it out. */
async function handleClaimed(
  arrived: ArrivedMail,
  { claim, stored }: Extract<ClaimResult, { kind: 'claimed' }>,
  ports: ReceiveMailPorts,
  rules: ActiveRules,
): Promise<HandledMail> {
  const source = await ports.rawMail.openRawMail(arrived.arrival.raw);
  const read = await readRawMail(source, ports.mime, { maxBytes: rules.limits.mailBytes });
  const arrival: ReadArrival = { arrived, claim, read };
  const decided = stored ?? (await decideArrival(arrival, ports.ledger, rules));
  return carryOut(arrival, decided, ports, rules);
}

/** Ends the lease after a failure. Where that fails too, the lease ends by itself. */
async function giveBack(ledger: Ledger, claim: ArrivalClaim): Promise<void> {
  try {
    await ledger.releaseArrival(claim);
  } catch (error) {
    if (!(error instanceof PostroomError)) throw error;
  }
}

/** What came of a record: a mail handled, a repeat swallowed, or nothing to do. */
export type ReceivedRecord =
  | { readonly kind: 'handled'; readonly mail: HandledMail }
  | { readonly kind: 'repeat' }
  /** SES's setup notification. */
  | { readonly kind: 'setup' };

/**
 * Takes one mail from the arrivals queue to the queues that the rules choose.
 *
 * An arrival is claimed, decided, carried out and done. Each step is remembered before the next, so
 * that a repeat of this call goes on where the last one was cut off: with the decision that was
 * stored, whatever the rules say by then. Sending is at least once: a repeat may send an event
 * again, equal byte for byte.
 *
 * @throws {EventError} When the body is no notification of ours.
 * @throws {ArrivalBusyError} When another invocation has the arrival.
 * @throws {ClaimLostError} When another took it while this one was working.
 * @throws {LimitExceededError} When the mail is larger than `limits.mailBytes`.
 * @throws {PeerUnavailableError} When a store or a queue did not do its part.
 */
export async function receiveMail(
  body: string,
  ports: ReceiveMailPorts,
  rules: ActiveRules,
): Promise<ReceivedRecord> {
  const { ledger, mailBucket } = ports;
  const announced = readArrival(body, mailBucket);
  if (announced === undefined) return { kind: 'setup' };
  const { arrived } = announced;
  const claimed = await ledger.claimArrival(arrived);
  if (claimed.kind === 'done') {
    await ledger.recordRepeat(arrived.arrival.arrivalId);
    return { kind: 'repeat' };
  }
  if (claimed.kind === 'busy') throw new ArrivalBusyError(claimed.leaseUntilMs);
  try {
    const mail = await handleClaimed(arrived, claimed, ports, rules);
    return { kind: 'handled', mail };
  } catch (error) {
    await giveBack(ledger, claimed.claim);
    throw error;
  }
}

import { createHash } from 'node:crypto';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import type { MailReceivedClaim } from '../../mail/contracts/mail-received.ts';
import { readSesNotification } from '../../mail/contracts/read-ses-notification.ts';
import { createGroupId } from '../../mail/identity/identities.ts';
import {
  type AddressedEvent,
  createEvents,
  readMailId,
  toMailFacts,
} from '../../mail/message/create-events.ts';
import { readRawMail } from '../../mail/message/read-raw-mail.ts';
import { toSqsJson } from '../../mail/message/sqs-json.ts';
import type {
  ClaimWriter,
  EventSender,
  HandledMail,
  MimeParser,
  RawMailReader,
} from '../../mail/ports/ports.ts';
import type { CompiledRules } from '../../mail/rules/compile-rules.ts';
import { decideMail } from '../../mail/rules/decide-mail.ts';

/** What the straight path needs of the world. */
export interface ReceiveMailPorts {
  readonly rawMail: RawMailReader;
  readonly claims: ClaimWriter;
  readonly events: EventSender;
  readonly mime: MimeParser;
  /** The bucket that SES writes to; a notification for another is refused. */
  readonly mailBucket: string;
}

/** The rules that hold for one batch. */
export interface ActiveRules {
  readonly compiled: CompiledRules;
  readonly limits: ParseMailConfiguration['limits'];
}

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

/**
 * Takes one mail from the arrivals queue to the queues that the rules choose.
 *
 * Sending is at least once: when it fails after some destinations, a repeat sends the same events
 * to all of them again.
 *
 * @returns What became of the mail; undefined for SES's setup notification.
 * @throws {EventError} When the body is no notification of ours.
 * @throws {LimitExceededError} When the mail is larger than `limits.mailBytes`.
 * @throws {PeerUnavailableError} When a store or a queue did not do its part.
 */
export async function receiveMail(
  body: string,
  { rawMail, claims, events, mime, mailBucket }: ReceiveMailPorts,
  { compiled, limits }: ActiveRules,
): Promise<HandledMail | undefined> {
  const arrived = readSesNotification(body, mailBucket);
  if (arrived === undefined) return undefined;
  const source = await rawMail.openRawMail(arrived.arrival.raw);
  const read = await readRawMail(source, mime, { maxBytes: limits.mailBytes });
  const decision = decideMail(compiled, toMailFacts(arrived, read));
  const sent = createEvents(arrived, read, decision);
  for (const { queue, event } of sent) {
    await events.sendEvent({
      queue,
      eventId: event.eventId,
      groupId: createGroupId(arrived.envelope.sender),
      body: await createBody(claims, event, limits.inlineEventBytes),
    });
  }
  return {
    mailId: readMailId(arrived, read),
    arrivalId: arrived.arrival.arrivalId,
    sent,
    dropped: decision.dropped,
    sender: arrived.envelope.sender,
    subject: read.mail.subject,
  };
}

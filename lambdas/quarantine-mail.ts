import { createHash } from 'node:crypto';
import {
  findQuarantineQueue,
  type ParseMailConfiguration,
} from '../mail/configuration/parse-mail-configuration.ts';
import type { ArrivedMail } from '../mail/contracts/arrived-mail.ts';
import type { MailQuarantined } from '../mail/contracts/mail-quarantined.ts';
import type { RuleTrace } from '../mail/contracts/mail-received.ts';
import { createEventId, createGroupId } from '../mail/identity/identities.ts';
import type { SentEvent } from '../mail/ledger/ledger.ts';
import { type RawHeaderField, readHeaderValues } from '../mail/message/header-block.ts';
import { toSqsJson } from '../mail/message/sqs-json.ts';
import type { Clock } from '../mail/ports/clock.ts';
import type { EventSender } from '../mail/ports/ports.ts';
import type { HeldMail, QuarantineWriter } from '../mail/quarantine/quarantine.ts';
import { readVersions } from './read-versions.ts';

/** What is known of a mail that goes into quarantine. */
export interface QuarantineCase extends Omit<
  HeldMail,
  'heldId' | 'receivedAt' | 'arrived' | 'message' | 'queue' | 'versions'
> {
  readonly arrived: ArrivedMail;
  readonly trace: readonly RuleTrace[];
  readonly fields: readonly RawHeaderField[];
}

/** What quarantining needs of the world. */
export interface QuarantinePorts {
  readonly quarantine: QuarantineWriter;
  readonly events: EventSender;
  readonly clock: Clock;
}

/** Where the configuration says who is told. */
export interface QuarantineRules {
  readonly configuration: Pick<ParseMailConfiguration, 'quarantine' | 'otherwise'>;
}

/** Characters of a header field that the event shows; the raw mail has it whole. */
const MAX_SHOWN_CHARACTERS = 500;

const readShown = (fields: readonly RawHeaderField[], name: string): string | null =>
  readHeaderValues(fields, name)[0]?.slice(0, MAX_SHOWN_CHARACTERS).toWellFormed() ?? null;

/** The header fields that the event shows, each as far as it shows it. */
export const pickShownFields = (fields: readonly RawHeaderField[]): readonly RawHeaderField[] =>
  ['From', 'Subject', 'Message-ID'].flatMap((name) => {
    const value = readShown(fields, name);
    return value === null ? [] : [{ name, value }];
  });

const describeCase = ({ arrived, mailId, reason, code, trace, fields }: QuarantineCase) => ({
  type: 'mail.quarantined' as const,
  version: 1 as const,
  mailId,
  arrival: arrived.arrival,
  envelope: { ...arrived.envelope, recipients: [...arrived.envelope.recipients] },
  verdicts: arrived.verdicts,
  reason,
  code,
  from: readShown(fields, 'From'),
  subject: readShown(fields, 'Subject'),
  messageId: readShown(fields, 'Message-ID'),
  trace: [...trace],
});

/**
 * A mail in quarantine is named by its arrival: it may never have been read. What is said of it goes
 * into the id, since it may come there again for another reason: two messages with one id are equal
 * byte for byte.
 */
function createQuarantineEvent(held: QuarantineCase): MailQuarantined {
  const said = describeCase(held);
  const { arrival, envelope } = held.arrived;
  const hash = createHash('sha256').update(JSON.stringify(said)).digest('hex');
  const eventId = createEventId(arrival.arrivalId, `quarantine ${hash}`, envelope.recipients);
  return { ...said, eventId };
}

/**
 * Puts a mail into quarantine: the row with the evidence first, then the event, so that whoever is
 * told finds it. The raw mail stays where it is.
 */
export async function quarantineMail(
  held: QuarantineCase,
  { quarantine, events, clock }: QuarantinePorts,
  { configuration }: QuarantineRules,
): Promise<readonly SentEvent[]> {
  const { arrived, mailId, reason, code, attempts, stack } = held;
  const { arrivalId: heldId, receivedAt } = arrived.arrival;
  const evidence = { arrived, mailId, reason, code, attempts, stack, message: null, queue: null };
  await quarantine.holdMail({ heldId, receivedAt, ...evidence, versions: readVersions() });
  const queue = findQuarantineQueue(configuration);
  if (queue === undefined) return [];
  const event = createQuarantineEvent(held);
  await events.sendEvent({
    queue,
    eventId: event.eventId,
    groupId: createGroupId(held.arrived.envelope.sender),
    body: toSqsJson(event),
  });
  return [{ queue, eventId: event.eventId, sentAtMs: clock.now() }];
}

import type { SQSRecord } from 'aws-lambda';
import { findQuarantineQueue } from '../mail/configuration/parse-mail-configuration.ts';
import { listToldObjects } from '../mail/contracts/list-told-objects.ts';
import type { MessageQuarantined } from '../mail/contracts/message-quarantined.ts';
import { createEventId, createGroupId } from '../mail/identity/identities.ts';
import type { ArrivalFailure } from '../mail/ledger/ledger.ts';
import { toSqsJson } from '../mail/message/sqs-json.ts';
import { type HeldMessage, MAX_MESSAGE_CHARACTERS } from '../mail/quarantine/quarantine.ts';
import { readReceives } from './failed-record.ts';
import type { QuarantinePorts, QuarantineRules } from './quarantine-mail.ts';
import { readVersions } from './read-versions.ts';

/** A message, why it is held, and which queue would take it for another try. */
export interface MessageCase extends ArrivalFailure {
  readonly record: SQSRecord;
  /** For people, in one sentence. */
  readonly reason: string;
  /** One of our own, by its name in the configuration. */
  readonly queue: string;
}

const describeMessage = ({ record, queue, code, stack, reason }: MessageCase): HeldMessage => ({
  heldId: `message-${record.messageId}`,
  receivedAt: new Date(Number(record.attributes.SentTimestamp)).toISOString(),
  arrived: null,
  message: record.body.slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed(),
  queue,
  mailId: null,
  reason,
  code,
  stack,
  attempts: readReceives(record),
  versions: readVersions(),
});

/** Made of the row alone, which is written once: two of one message are equal byte for byte. */
function createMessageEvent(held: HeldMessage): MessageQuarantined {
  const { heldId, queue, receivedAt, reason, code, attempts, message } = held;
  return {
    type: 'message.quarantined',
    version: 1,
    eventId: createEventId(heldId, 'quarantine', []),
    heldId,
    queue,
    receivedAt,
    reason,
    code,
    attempts,
    objects: [...listToldObjects(message)],
  };
}

/**
 * Holds a message as it is, and tells the queue for quarantined mail: trying it again now is in vain,
 * and it may be wanted. The row first, then the event, so that whoever is told finds it. Again is
 * harmless: what was held first counts.
 *
 * @throws {PeerUnavailableError}
 */
export async function quarantineMessage(
  message: MessageCase,
  { quarantine, events }: Pick<QuarantinePorts, 'quarantine' | 'events'>,
  { configuration }: QuarantineRules,
): Promise<void> {
  const held = await quarantine.holdMessage(describeMessage(message));
  const queue = findQuarantineQueue(configuration);
  if (queue === undefined) return;
  const event = createMessageEvent(held);
  await events.sendEvent({
    queue,
    eventId: event.eventId,
    groupId: createGroupId(`message ${held.queue}`),
    body: toSqsJson(event),
  });
}

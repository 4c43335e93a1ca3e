import { findQuarantineQueue } from '../../mail/configuration/parse-mail-configuration.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import type { MailboxEvent } from '../../mail/contracts/mailbox-events.ts';
import { createGroupId, createMailboxEventId } from '../../mail/identity/identities.ts';
import { toSqsJson } from '../../mail/message/sqs-json.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { EventSender } from '../../mail/ports/ports.ts';

/** What telling needs of the world. */
export interface NewsPorts {
  readonly events: EventSender;
  readonly readConfiguration: () => Pick<Configuration, 'quarantine' | 'otherwise'>;
}

/** What a kind of event says beside its mailbox. */
type Told<Type extends MailboxEvent['type']> = Omit<
  Extract<MailboxEvent, { type: Type }>,
  'type' | 'version' | 'eventId' | 'mailbox' | 'address'
>;

/** An event, and what it is told of: of one occasion once, however often it is sent. */
export interface MailboxNews<Type extends MailboxEvent['type']> {
  readonly type: Type;
  readonly occasion: string;
  readonly told: Told<Type>;
}

/**
 * Tells the queue for quarantined mail what happened in a mailbox.
 *
 * @throws {PeerUnavailableError}
 */
export async function tellMailboxEvent<Type extends MailboxEvent['type']>(
  { name, address }: Pick<MailboxConfiguration, 'name' | 'address'>,
  { type, occasion, told }: MailboxNews<Type>,
  { events, readConfiguration }: NewsPorts,
): Promise<void> {
  const queue = findQuarantineQueue(readConfiguration());
  if (queue === undefined) return;
  const eventId = createMailboxEventId(type, name, occasion);
  const event = { type, version: 1, eventId, mailbox: name, address, ...told };
  await events.sendEvent({
    queue,
    eventId,
    groupId: createGroupId(`mailbox ${name}`),
    body: toSqsJson(event),
  });
}

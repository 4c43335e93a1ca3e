import { createHash } from 'node:crypto';
import type { MailReceivedClaim } from '../../mail/contracts/mail-received.ts';
import { createGroupId } from '../../mail/identity/identities.ts';
import type { SentEvent } from '../../mail/ledger/ledger.ts';
import type { AddressedEvent } from '../../mail/message/create-events.ts';
import { toSqsJson } from '../../mail/message/sqs-json.ts';
import type { ClaimWriter } from '../../mail/ports/ports.ts';
import type { ReceiveMailPorts } from './ports.ts';

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
 * Hands events to their queues, those above the limit as claim checks.
 *
 * @throws {PeerUnavailableError} After which some may have been sent.
 */
export async function sendEvents(
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

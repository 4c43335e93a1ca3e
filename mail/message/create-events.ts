import type { MailReceived } from '../contracts/mail-received.ts';
import type { ArrivedMail } from '../contracts/read-ses-notification.ts';
import { createEventId } from '../identity/identities.ts';
import type { Destination, MailDecision } from '../rules/decide-mail.ts';
import type { MailFacts } from '../rules/mail-facts.ts';
import type { ReadRawMail } from './read-raw-mail.ts';

/** An event and the queue it is for. */
export interface AddressedEvent {
  readonly queue: string;
  readonly event: MailReceived;
}

/** The content's identity; a mail that nothing tells from another like it is its arrival. */
export const readMailId = (arrived: ArrivedMail, { contentId }: ReadRawMail): string =>
  contentId ?? `m1-${arrived.arrival.arrivalId}`;

/** What rules look at, from what the door told and what was read. */
export const toMailFacts = (arrived: ArrivedMail, { mail, bytes }: ReadRawMail): MailFacts => ({
  door: arrived.arrival.door,
  envelope: arrived.envelope,
  mail,
  bytes,
  verdicts: arrived.verdicts,
});

function createEvent(
  arrived: ArrivedMail,
  read: ReadRawMail,
  { queue, recipients, tags, quarantineReason, trace }: Destination,
): AddressedEvent {
  const { arrival, envelope, verdicts } = arrived;
  const mailId = readMailId(arrived, read);
  const event: MailReceived = {
    type: 'mail.received',
    version: 1,
    eventId: createEventId(mailId, queue, recipients),
    mailId,
    arrival: { ...arrival, raw: { ...arrival.raw, bytes: read.bytes } },
    envelope: { sender: envelope.sender, recipients: [...recipients] },
    ...read.mail,
    verdicts,
    tags: [...tags],
    ...(quarantineReason === undefined ? {} : { quarantineReason }),
    trace: [...trace],
  };
  return { queue, event };
}

/**
 * The events of a mail, one for each destination. A pure function of its arguments: the same mail
 * gives the same events for ever.
 */
export const createEvents = (
  arrived: ArrivedMail,
  read: ReadRawMail,
  { destinations }: MailDecision,
): readonly AddressedEvent[] =>
  destinations.map((destination) => createEvent(arrived, read, destination));

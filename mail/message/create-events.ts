import type { MailReceived } from '../contracts/mail-received.ts';
import type { ArrivedMail } from '../contracts/arrived-mail.ts';
import { createEventId, createMailId, readCopyId } from '../identity/identities.ts';
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
  contentId ?? createMailId(undefined, [readCopyId(arrived.arrival.arrivalId)]);

/** What is known of a mail beside its bytes and its notification. */
export interface DecidedMail {
  readonly mailId: string;
  readonly sameMessageIdAs: string | null;
  readonly decision: MailDecision;
}

/** What rules look at, from what the door told and what was read. */
export const toMailFacts = (
  arrived: ArrivedMail,
  { mail, bytes }: ReadRawMail,
  isReleased = false,
): MailFacts => ({
  door: arrived.arrival.door,
  mailbox: arrived.arrival.mailbox,
  envelope: arrived.envelope,
  mail,
  bytes,
  verdicts: arrived.verdicts,
  isReleased,
});

function createEvent(
  arrived: ArrivedMail,
  read: ReadRawMail,
  { mailId, sameMessageIdAs }: DecidedMail,
  { queue, recipients, tags, trace }: Destination,
): AddressedEvent {
  const { arrival, envelope, verdicts } = arrived;
  const event: MailReceived = {
    type: 'mail.received',
    version: 1,
    eventId: createEventId(mailId, queue, recipients),
    mailId,
    sameMessageIdAs,
    arrival: { ...arrival, raw: { ...arrival.raw, bytes: read.bytes } },
    envelope: { ...envelope, recipients: [...recipients] },
    ...read.mail,
    verdicts,
    tags: [...tags],
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
  decided: DecidedMail,
): readonly AddressedEvent[] =>
  decided.decision.destinations.map((destination) =>
    createEvent(arrived, read, decided, destination),
  );

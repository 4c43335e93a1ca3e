import { createHash } from 'node:crypto';
import * as z from 'zod';
import { planQueues } from '../../local/queues/plan-queues.ts';
import { ARRIVALS_QUEUE } from '../../mail/configuration/own-queues.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import type { MailWorld } from '../kill/mail-world.ts';
import { takeBodies } from '../kill/read-outcome.ts';
import type { SentMail } from './create-traffic.ts';

/** What went in and what came out. */
export interface Counts {
  readonly mails: number;
  /** Of them, SES told so many twice. */
  readonly toldTwice: number;
  /** Recipients of mails, each once: what must come out. */
  readonly deliveries: number;
  readonly delivered: number;
  /** Deliveries whose mail stands in quarantine or in a dead-letter queue, and in no other queue. */
  readonly setAside: number;
  readonly events: number;
  /** Messages that a consumer drops, since it has seen their `eventId`. */
  readonly copies: number;
  readonly lost: number;
  /** Deliveries that two events have. */
  readonly twice: number;
  /** Events of which two copies are not equal byte for byte. */
  readonly unequal: number;
  /** Deliveries that nobody sent. */
  readonly unexpected: number;
}

const eventSchema = z.looseObject({
  type: z.literal('mail.received'),
  eventId: z.string(),
  subject: z.string(),
  envelope: z.looseObject({ recipients: z.array(z.string()) }),
  quarantineReason: z.undefined().optional(),
});

const hash = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Keeps what went in beside what came out. */
export interface Tally {
  /** @param messageId What SES calls it. */
  addSent(mail: SentMail, messageId: string): void;
  /** Empties every queue but the arrivals into the tally. */
  collect(world: MailWorld): Promise<void>;
  read(): Counts;
}

/** Makes an empty tally. */
export function createTally(): Tally {
  const arrivals = new Map<string, readonly string[]>();
  const expected = new Set<string>();
  const delivered = new Map<string, Set<string>>();
  const events = new Map<string, string>();
  const setAside = new Set<string>();
  const unequal = new Set<string>();
  let toldTwice = 0;
  let messages = 0;
  const listDeliveries = (content: string, recipients: readonly string[]): readonly string[] =>
    recipients.map((recipient) => `${content} ${recipient}`);

  /** A message that is no usual event: whichever mails it names are set aside. */
  const addSetAside = (body: string): void => {
    for (const [messageId] of body.matchAll(/\b[a-z0-9]{40}\b/g)) {
      for (const delivery of arrivals.get(messageId) ?? []) setAside.add(delivery);
    }
  };
  const addMessage = (queue: string, body: string): void => {
    const parsed = eventSchema.safeParse(JSON.parse(body));
    if (!parsed.success) {
      addSetAside(body);
      return;
    }
    const { eventId, subject, envelope } = parsed.data;
    const digest = hash(`${queue} ${body}`);
    messages += 1;
    if ((events.get(eventId) ?? digest) !== digest) unequal.add(eventId);
    events.set(eventId, digest);
    for (const delivery of listDeliveries(subject, envelope.recipients)) {
      delivered.set(delivery, (delivered.get(delivery) ?? new Set()).add(eventId));
    }
  };

  return {
    addSent({ content, recipients, isToldTwice }, messageId) {
      const deliveries = listDeliveries(content, recipients);
      arrivals.set(messageId, deliveries);
      for (const delivery of deliveries) expected.add(delivery);
      if (isToldTwice) toldTwice += 1;
    },
    async collect(world) {
      const own = queueNames(world.configuration.environment, ARRIVALS_QUEUE).name;
      for (const { name } of planQueues(world.configuration)) {
        if (name === own) continue;
        for (const body of await takeBodies(world, name)) addMessage(name, body);
      }
    },
    read() {
      const missing = [...expected].filter((delivery) => !delivered.has(delivery));
      return {
        mails: arrivals.size,
        toldTwice,
        deliveries: expected.size,
        delivered: expected.size - missing.length,
        setAside: missing.filter((delivery) => setAside.has(delivery)).length,
        events: events.size,
        copies: messages - events.size,
        lost: missing.filter((delivery) => !setAside.has(delivery)).length,
        twice: [...delivered.values()].filter(({ size }) => size > 1).length,
        unequal: unequal.size,
        unexpected: [...delivered.keys()].filter((delivery) => !expected.has(delivery)).length,
      };
    },
  };
}

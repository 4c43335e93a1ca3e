import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { ConfigurationInput } from '../../../mail/configuration/configuration-schema.ts';
import { mailQuarantinedSchema } from '../../../mail/contracts/mail-quarantined.ts';
import { mailReceivedSchema } from '../../../mail/contracts/mail-received.ts';
import { PeerUnavailableError } from '../../../mail/errors.ts';
import { createMemoryRoom, LEASE_SECONDS } from '../../support/memory-room.ts';
import { SAMPLE_HEADERS, writeMail } from '../../support/sample-mail.ts';
import { createSesNotification } from '../../support/sample-notification.ts';
import { createSqsEvent } from '../../support/sqs-event.ts';
import { failPortCalls, type Failure } from '../../support/wrap-port-calls.ts';

const RUNS = 300;
/** LIMIT: rounds after which everything must be done; failures end long before. */
const MAX_ROUNDS = 100;
/** The message of errors that are part of a run. */
const PLANNED = 'as planned';

const RECIPIENTS = ['support@example.com', 'invoices@example.com', 'any@all.example.net'];
/** Contents; two of them claim one Message-ID. */
const CONTENTS = ['one', 'two', 'three'];
const writeContent = (content: string): string =>
  writeMail({
    ...SAMPLE_HEADERS,
    Subject: content,
    'Message-ID': content === 'one' ? '<one@x>' : '<two@x>',
  });

const when = fc.oneof(
  fc.constantFrom(...RECIPIENTS).map((address) => ({ recipient: { address } })),
  fc.constantFrom(...CONTENTS).map((subject) => ({ subject })),
  fc.constantFrom(...RECIPIENTS).map((address) => ({ not: { recipient: { address } } })),
);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('first', 'second').map((queue) => ({ queue })) },
  { weight: 1, arbitrary: fc.constant({ quarantine: 'looks odd' }) },
  { weight: 1, arbitrary: fc.constant({ drop: 'not wanted' }) },
  { weight: 1, arbitrary: fc.constant({ stop: true as const }) },
);
const once = fc.constantFrom('delivery' as const, 'mail' as const);
const configuration = fc
  .record({
    rules: fc.array(fc.record({ when, then: fc.array(action, { minLength: 1, maxLength: 3 }) }), {
      maxLength: 4,
    }),
    first: once,
    second: once,
  })
  .map(({ rules, first, second }): Partial<ConfigurationInput> => ({
    queues: { first: { once: first }, second: { once: second }, rest: {} },
    rules: [
      ...rules.map((rule, index) => ({ name: `rule ${index}`, ...rule })),
      // Each queue wants to be named; no mail has this subject.
      {
        name: 'last',
        when: { subject: 'none' },
        then: [{ queue: 'first' }, { queue: 'second' }],
      },
    ],
    otherwise: { queue: 'rest' },
  }));

const MAX_ARRIVALS = 5;
const MAX_NOTIFICATIONS = 3 * MAX_ARRIVALS;
const arrival = fc.record({
  content: fc.constantFrom(...CONTENTS),
  recipients: fc.subarray(RECIPIENTS, { minLength: 1 }),
  /** How often its notification comes. */
  notifications: fc.integer({ min: 1, max: 3 }),
});
interface Arrival {
  readonly content: string;
  readonly recipients: readonly string[];
  readonly notifications: number;
}
const failures = fc.array(
  fc.option(fc.constantFrom<Failure>('before', 'after'), { nil: undefined, freq: 3 }),
  { maxLength: 80 },
);

/** Says the failures in order, then none any more. */
function planFailures(schedule: readonly (Failure | undefined)[]): () => Failure | undefined {
  let next = 0;
  return () => {
    next += 1;
    return schedule[next - 1];
  };
}

type Room = ReturnType<typeof createMemoryRoom>;

/** A record with how often it was received. */
interface Waiting {
  readonly body: unknown;
  receives: number;
}

/** Hands over a batch; a function that throws gives all of it back. */
async function takeBatch(room: Room, batch: readonly Waiting[]): Promise<Waiting[]> {
  const event = createSqsEvent(...batch.map(({ body }) => body));
  for (const [index, record] of event.Records.entries()) {
    const waiting = batch[index];
    if (waiting === undefined) continue;
    // The last of its receives would take another way; that one has tests of its own.
    waiting.receives = Math.min(2, waiting.receives + 1);
    record.attributes.ApproximateReceiveCount = String(waiting.receives);
  }
  try {
    const { batchItemFailures } = await room.invokeEvent(event);
    const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    return batch.filter((_, index) => failed.includes(event.Records[index]?.messageId ?? ''));
  } catch (error) {
    if (!(error instanceof Error) || error.message !== PLANNED) throw error;
    return [...batch];
  }
}

/** Two functions at once take batches of up to `batchSize` until nothing waits. */
async function drain(room: Room, bodies: readonly unknown[], batchSize: number): Promise<void> {
  let waiting: Waiting[] = bodies.map((body) => ({ body, receives: 0 }));
  for (let round = 0; waiting.length > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new Error('expected everything to be done at last');
    const first = waiting.slice(0, batchSize);
    const second = waiting.slice(batchSize, 2 * batchSize);
    const rest = waiting.slice(2 * batchSize);
    const back = await Promise.all([takeBatch(room, first), takeBatch(room, second)]);
    waiting = [...rest, ...back.flat()];
    room.passSeconds(LEASE_SECONDS + 1);
  }
}

const createRoom = (
  arrivals: readonly Arrival[],
  changes: Partial<ConfigurationInput>,
  planFailure: () => Failure | undefined,
): Room => {
  let count = 0;
  const createError = (): Error => {
    count += 1;
    // One error of ours and one that nobody foresaw, in turn.
    return count % 2 === 0 ? new Error(PLANNED) : new PeerUnavailableError(PLANNED);
  };
  return createMemoryRoom(
    Object.fromEntries(arrivals.map(({ content }, index) => [`id${index}`, writeContent(content)])),
    {
      configuration: changes,
      wrapPorts: (ports) => failPortCalls(ports, planFailure, createError),
    },
  );
};

const eventSchema = z.union([mailReceivedSchema, mailQuarantinedSchema]);

/** Where an event says that the mail is: in its queue, or in quarantine. */
const readPlace = ({ queue, event }: ReturnType<typeof readEvents>[number]): string =>
  event.type === 'mail.quarantined' ? 'quarantine' : queue;

const readEvents = ({ sent }: Room) =>
  sent.map(({ queue, body }) => ({
    queue,
    body,
    event: eventSchema.parse(JSON.parse(body)),
  }));

/** Where the rules send a content for one recipient, as a quiet room does it. */
async function readDestinations(
  changes: Partial<ConfigurationInput>,
  content: string,
  recipient: string,
): Promise<readonly string[]> {
  const room = createRoom(
    [{ content, recipients: [recipient], notifications: 1 }],
    changes,
    () => undefined,
  );
  await room.invoke(createSesNotification({ messageId: 'id0', recipients: [recipient] }));
  return readEvents(room).map(readPlace);
}

/** `content|recipient|queue`, sorted; for a queue that takes one event a mail without the recipient. */
async function planDeliveries(
  changes: Partial<ConfigurationInput>,
  arrivals: readonly Arrival[],
): Promise<readonly string[]> {
  const pairs = new Set(
    arrivals.flatMap(({ content, recipients }) =>
      recipients.map((recipient) => `${content}|${recipient}`),
    ),
  );
  const planned = new Set<string>();
  for (const pair of pairs) {
    const [content = '', recipient = ''] = pair.split('|');
    for (const queue of await readDestinations(changes, content, recipient)) {
      planned.add(
        changes.queues?.[queue]?.once === 'mail' ? `${content}|${queue}` : `${pair}|${queue}`,
      );
    }
  }
  return [...planned].toSorted();
}

/** What came of it, copies of one event counted once. */
function listDeliveries(room: Room, changes: Partial<ConfigurationInput>): readonly string[] {
  const distinct = new Map(readEvents(room).map((one) => [one.event.eventId, one]));
  return [...distinct.values()]
    .flatMap((one) => {
      const { subject, envelope } = one.event;
      const place = readPlace(one);
      return changes.queues?.[place]?.once === 'mail'
        ? [`${subject ?? ''}|${place}`]
        : envelope.recipients.map((recipient) => `${subject ?? ''}|${recipient}|${place}`);
    })
    .toSorted();
}

/** Every notification of every arrival, in an order that goes by `places`. */
const createNotifications = (arrivals: readonly Arrival[], places: readonly number[]) =>
  arrivals
    .flatMap(({ recipients, notifications }, index) =>
      Array.from({ length: notifications }, () =>
        createSesNotification({ messageId: `id${index}`, recipients }),
      ),
    )
    .map((body, index) => ({ body, place: places[index] ?? 0 }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ body }) => body);

describe('whatever fails, in whatever order mail and its repeats come', () => {
  it('each recipient of each mail reaches its destinations exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(
        configuration,
        fc.array(arrival, { minLength: 1, maxLength: MAX_ARRIVALS }),
        failures,
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.nat(), { minLength: MAX_NOTIFICATIONS, maxLength: MAX_NOTIFICATIONS }),
        async (changes, arrivals, schedule, batchSize, places) => {
          const room = createRoom(arrivals, changes, planFailures(schedule));
          await drain(room, createNotifications(arrivals, places), batchSize);
          expect(listDeliveries(room, changes)).toEqual(await planDeliveries(changes, arrivals));
          const copies = Map.groupBy(readEvents(room), ({ event }) => event.eventId);
          for (const same of copies.values()) {
            expect(new Set(same.map(({ body, queue }) => `${queue} ${body}`)).size).toBe(1);
          }
        },
      ),
      { seed: 20261124, numRuns: RUNS },
    );
  }, 60_000);
});

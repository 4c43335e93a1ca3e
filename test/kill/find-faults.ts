import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { arrivalsQueueNames } from '../../local/queues/plan-queues.ts';
import { RAW_PREFIX, tableName } from '../../mail/configuration/resource-names.ts';
import { arrivalKey, deliveryKey, listKey, type TableKey } from '../../mail/ledger/table-keys.ts';
import type { MailWorld } from './mail-world.ts';
import { type ArrivedEvent, takeBodies, takeEvents } from './read-outcome.ts';

/** What one mail must have come to in one queue. */
export interface ExpectedEvent {
  readonly queue: string;
  /** The Message-ID header, without its brackets. */
  readonly messageId: string;
  readonly recipients: readonly string[];
}

/** What must be true when a scenario has run, however often the function died. */
export interface Expectation {
  /** One of these, whole: which one, chance may decide. */
  readonly outcomes: readonly (readonly ExpectedEvent[])[];
  readonly arrivalIds: readonly string[];
}

/** A row of the table, or undefined. */
export async function readRow(
  { emulators: { dynamodb }, configuration }: MailWorld,
  { pk, sk }: TableKey,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: tableName(configuration.environment),
      Key: { pk: { S: pk }, sk: { S: sk } },
    }),
  );
  return Item === undefined ? undefined : unmarshall(Item);
}

const describeEvents = (events: readonly ExpectedEvent[]): string =>
  events
    .map(({ queue, messageId, recipients }) =>
      [queue, messageId, ...recipients.toSorted()].join(' '),
    )
    .toSorted()
    .join('; ');

/** What a consumer does that drops an event when it has seen its `eventId`. */
const dropRepeats = (events: readonly ArrivedEvent[]): readonly ArrivedEvent[] => [
  ...new Map(events.map((one) => [`${one.queue} ${one.event.eventId}`, one])).values(),
];

/** Events of one mail in one queue count together: two arrivals may share its recipients. */
function sumEvents(events: readonly ArrivedEvent[]): readonly ExpectedEvent[] {
  const groups = Map.groupBy(events, ({ queue, event }) => `${queue} ${event.messageId ?? ''}`);
  return [...groups.values()].map((group) => ({
    queue: group[0]?.queue ?? '',
    messageId: group[0]?.event.messageId ?? '',
    recipients: group.flatMap(({ event }) => event.envelope.recipients),
  }));
}

function findUnequalCopies(events: readonly ArrivedEvent[]): readonly string[] {
  const copies = Map.groupBy(events, ({ queue, event }) => `${queue} ${event.eventId}`);
  return [...copies].flatMap(([name, group]) =>
    new Set(group.map(({ body }) => body)).size === 1 ? [] : [`copies of ${name} are not equal`],
  );
}

async function findArrivalFaults(
  world: MailWorld,
  arrivalIds: readonly string[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const arrivalId of arrivalIds) {
    const row = await readRow(world, arrivalKey(arrivalId));
    if (row?.['state'] !== 'done') faults.push(`${arrivalId} is ${String(row?.['state'])}`);
    const receivedAt = String(row?.['receivedAt']);
    if ((await readRow(world, listKey({ arrivalId, receivedAt }))) === undefined) {
      faults.push(`${arrivalId} is not on the list of its hour`);
    }
  }
  return faults;
}

async function findUnownedDeliveries(
  world: MailWorld,
  events: readonly ArrivedEvent[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { event } of dropRepeats(events)) {
    for (const recipient of event.envelope.recipients) {
      const row = await readRow(world, deliveryKey(event.mailId, recipient));
      if (row?.['owner'] !== event.arrival.arrivalId) {
        faults.push(`a delivery of ${event.messageId ?? ''} is not its arrival's own`);
      }
    }
  }
  return faults;
}

/**
 * Takes everything out of the queues and compares it, and the ledger, with what must be.
 *
 * @returns A line for each fault.
 */
export async function findFaults(
  world: MailWorld,
  { outcomes, arrivalIds }: Expectation,
): Promise<readonly string[]> {
  const events = await takeEvents(world);
  const { deadLetterName } = arrivalsQueueNames(world.configuration.environment);
  const dead = await takeBodies(world, deadLetterName);
  const came = describeEvents(sumEvents(dropRepeats(events)));
  const wanted = outcomes.map(describeEvents);
  return [
    ...(wanted.includes(came) ? [] : [`came: ${came}; wanted: ${wanted.join(' or ')}`]),
    ...findUnequalCopies(events),
    ...(await findArrivalFaults(world, arrivalIds)),
    ...(await findUnownedDeliveries(world, events)),
    ...dead.map(() => 'a message is in the dead-letter queue'),
  ];
}

/** Raw mails whose arrival is not done: bytes that nobody was told of. */
export async function findOrphans(world: MailWorld): Promise<readonly string[]> {
  const { s3 } = world.emulators.clients;
  const orphans: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: world.mailBucket,
        Prefix: RAW_PREFIX,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    for (const { Key = '' } of page.Contents ?? []) {
      const arrivalId = Key.slice(RAW_PREFIX.length).replaceAll('/', '-');
      const row = await readRow(world, arrivalKey(arrivalId));
      if (row?.['state'] !== 'done') orphans.push(Key);
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return orphans;
}

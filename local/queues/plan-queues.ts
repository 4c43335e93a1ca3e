import type {
  Configuration,
  QueueConfiguration,
} from '../../mail/configuration/configuration-schema.ts';
import {
  DEAD_LETTERS_VISIBILITY_SECONDS,
  findDeadLetterSource,
} from '../../mail/configuration/dead-letter-queues.ts';
import { QUEUE_RETENTION_DAYS } from '../../mail/configuration/limits.ts';
import {
  ARRIVALS_QUEUE,
  ARRIVALS_TOPIC_QUEUE,
  OWN_QUEUES,
} from '../../mail/configuration/own-queues.ts';
import { OBJECT_QUEUES, type ObjectQueue } from '../../mail/configuration/object-queues.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';

/** A queue as SQS makes it. */
export interface PlannedQueue {
  /** The SQS name. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The SQS name of its dead-letter queue, and the receives until a message goes there. */
  readonly redrive?: { readonly deadLetterName: string; readonly maxReceives: number };
}

const retention = { MessageRetentionPeriod: String(QUEUE_RETENTION_DAYS * 24 * 60 * 60) };

/** Of the dead-letter queues that a function reads. */
const readWhenDead = {
  ...retention,
  VisibilityTimeout: String(DEAD_LETTERS_VISIBILITY_SECONDS),
};

function planQueue(
  environment: string,
  queue: string,
  { type, visibilityTimeoutSeconds, maxReceives, ...settings }: QueueConfiguration | ObjectQueue,
): readonly PlannedQueue[] {
  const { name, deadLetterName } = queueNames(environment, queue, type);
  const kept = { ...retention, ...(type === 'fifo' ? { FifoQueue: 'true' } : {}) };
  const isRead = findDeadLetterSource(environment, deadLetterName) !== undefined;
  return [
    { name: deadLetterName, attributes: isRead ? readWhenDead : kept },
    {
      name,
      attributes: {
        ...kept,
        VisibilityTimeout: String(visibilityTimeoutSeconds),
        ...('delaySeconds' in settings ? { DelaySeconds: String(settings.delaySeconds) } : {}),
      },
      redrive: { deadLetterName, maxReceives },
    },
  ];
}

/** The arrivals queue's SQS names. */
export const arrivalsQueueNames = (environment: string) => queueNames(environment, ARRIVALS_QUEUE);

/** The SQS name of the queue for what SNS could not put into the arrivals queue. */
export const undeliveredQueueName = (environment: string): string =>
  queueNames(environment, ARRIVALS_TOPIC_QUEUE).deadLetterName;

/** Every queue of a configuration, as the deployed stack has them; a dead-letter queue comes first. */
export const planQueues = ({
  environment,
  queues,
}: Pick<Configuration, 'environment' | 'queues'>): readonly PlannedQueue[] => [
  { name: undeliveredQueueName(environment), attributes: readWhenDead },
  ...Object.entries({ ...OWN_QUEUES, ...OBJECT_QUEUES, ...queues }).flatMap(([queue, settings]) =>
    planQueue(environment, queue, settings),
  ),
];

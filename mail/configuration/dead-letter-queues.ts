import { DROPS_QUEUE, OBJECT_QUEUES, RECONCILE_QUEUE } from './object-queues.ts';
import { ARRIVALS_QUEUE, ARRIVALS_TOPIC_QUEUE, OWN_QUEUES } from './own-queues.ts';
import { queueNames } from './resource-names.ts';

/** Seconds that hold-dead-letters may take for a batch; a claim outlasts it. */
export const DEAD_LETTERS_TIMEOUT_SECONDS = 60;

/** LIMIT: AWS asks for six times the function's timeout, or a message is taken twice at once. */
export const DEAD_LETTERS_VISIBILITY_SECONDS = 6 * DEAD_LETTERS_TIMEOUT_SECONDS;

/**
 * Seconds until a message comes back that could not be held.
 *
 * LIMIT: SQS hides a message for 12 hours from its receive and not a second more.
 */
export const DEAD_LETTERS_MAX_DELAY_SECONDS = 11 * 60 * 60;

/** A dead-letter queue of our own. */
export interface DeadLetterQueue {
  /** Receives that a message has behind it when it comes there; SQS may count on from them. */
  readonly receivesBefore: number;
}

/** The queues whose dead letters hold-dead-letters reads. Those of a team's queues are the team's. */
export const DEAD_LETTER_QUEUES = {
  [ARRIVALS_QUEUE]: { receivesBefore: OWN_QUEUES.arrivals.maxReceives },
  [ARRIVALS_TOPIC_QUEUE]: { receivesBefore: 0 },
  [DROPS_QUEUE]: { receivesBefore: OBJECT_QUEUES.drops.maxReceives },
  [RECONCILE_QUEUE]: { receivesBefore: OBJECT_QUEUES.reconcile.maxReceives },
} as const satisfies Readonly<Record<string, DeadLetterQueue>>;

/** One of them, by the name of the queue that it belongs to. */
export type DeadLetterSource = keyof typeof DEAD_LETTER_QUEUES;

/** All of them. */
export const DEAD_LETTER_SOURCES: readonly DeadLetterSource[] = [
  ARRIVALS_QUEUE,
  ARRIVALS_TOPIC_QUEUE,
  DROPS_QUEUE,
  RECONCILE_QUEUE,
];

/** Which of them an SQS name is; undefined for any other queue. */
export const findDeadLetterSource = (
  environment: string,
  sqsName: string,
): DeadLetterSource | undefined =>
  DEAD_LETTER_SOURCES.find((queue) => queueNames(environment, queue).deadLetterName === sqsName);

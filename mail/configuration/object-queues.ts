import type { QueueConfiguration } from './configuration-schema.ts';

/** Seconds that enter-drops and reconcile-arrivals may take for a batch. */
export const OBJECT_EVENTS_TIMEOUT_SECONDS = 60;

/** Where S3 says that an object was dropped. */
export const DROPS_QUEUE = 'drops';
/** Where S3 says that SES wrote raw mail, for the case that SES itself says nothing. */
export const RECONCILE_QUEUE = 'reconcile';

/** A queue that S3 fills. */
export interface ObjectQueue extends QueueConfiguration {
  /** Seconds until a message can be received. */
  readonly delaySeconds: number;
}

const common = {
  type: 'standard',
  // LIMIT: AWS asks for six times the function's timeout, or an object is taken twice at once.
  visibilityTimeoutSeconds: 6 * OBJECT_EVENTS_TIMEOUT_SECONDS,
  // LIMIT: with fewer, a throttled function sends good mail to the dead-letter queue.
  maxReceives: 5,
  once: 'delivery',
} as const;

/** The queues that S3 fills, deployed and local alike. */
export const OBJECT_QUEUES: Readonly<
  Record<typeof DROPS_QUEUE | typeof RECONCILE_QUEUE, ObjectQueue>
> = {
  drops: { ...common, delaySeconds: 0 },
  // LIMIT: SQS delays a message 15 minutes at the most. A notification of SES takes seconds.
  reconcile: { ...common, delaySeconds: 900 },
};

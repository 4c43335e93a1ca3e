import type { QueueConfiguration } from './configuration-schema.ts';
import { OBJECT_QUEUES } from './object-queues.ts';
import { POLLS_QUEUE } from './polls-queue.ts';

/** Seconds that parse-mail may take for a batch: four times what ten mails of 40 MB take. */
export const PARSE_MAIL_TIMEOUT_SECONDS = 60;

/**
 * Seconds that a claim on an arrival holds: no invocation outlives its function's timeout, and 30 s
 * are for clocks that differ.
 */
export const LEASE_SECONDS = PARSE_MAIL_TIMEOUT_SECONDS + 30;

/** Where doors say that a mail came in. */
export const ARRIVALS_QUEUE = 'arrivals';
/** Only its dead-letter queue exists: what SNS could not put into the arrivals queue. */
export const ARRIVALS_TOPIC_QUEUE = 'arrivals-topic';

/** Queues of Postroom's own, deployed and local alike. */
export const OWN_QUEUES: Readonly<Record<typeof ARRIVALS_QUEUE, QueueConfiguration>> = {
  arrivals: {
    type: 'standard',
    // LIMIT: AWS asks for six times the function's timeout, or a mail is tried twice at once.
    visibilityTimeoutSeconds: 6 * PARSE_MAIL_TIMEOUT_SECONDS,
    // With back-off up to 5 minutes the last try is 18 minutes after the first: a service that is
    // away for less sends no mail into quarantine.
    maxReceives: 12,
    once: 'delivery',
  },
};

/** A team's queue cannot take these names. */
export const RESERVED_QUEUE_NAMES: readonly string[] = [
  ...Object.keys(OWN_QUEUES),
  ...Object.keys(OBJECT_QUEUES),
  ARRIVALS_TOPIC_QUEUE,
  POLLS_QUEUE,
];

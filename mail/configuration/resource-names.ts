import type { Configuration, QueueConfiguration } from './configuration-schema.ts';
import { MAX_DOMAINS_PER_RECEIPT_RULE } from './limits.ts';

/** Every door's raw mail stands below it in the mail bucket. */
export const RAW_PREFIX = 'raw/';
/** Where SES puts raw mail; a folder per receipt rule below it. */
export const SES_RAW_PREFIX = `${RAW_PREFIX}ses/`;
/** Where raw mail stands that came by the drop bucket. */
export const DROP_RAW_PREFIX = `${RAW_PREFIX}drop/`;
/** Where the raw mail of polled mailboxes stands: a folder for each door. */
export const POLLED_RAW_PREFIXES: readonly string[] = [`${RAW_PREFIX}imap/`, `${RAW_PREFIX}pop3/`];
/** The key of a polled mail. */
export const polledRawKey = (door: 'imap' | 'pop3', arrivalId: string): string =>
  `${RAW_PREFIX}${door}/${arrivalId}`;
/** Where lists of the mails that are known in mailboxes stand in the mail bucket. */
export const KNOWN_LIST_PREFIX = 'mailboxes/';
/** The key of such a list. */
export const knownListKey = (mailbox: string, name: string): string =>
  `${KNOWN_LIST_PREFIX}${mailbox}/${name}`;
/** Where the events too large for a queue are kept in the mail bucket. */
export const CLAIM_PREFIX = 'events/';
/** The key of an event that is kept there. */
export const claimKey = (eventId: string): string => `${CLAIM_PREFIX}${eventId}.json`;

/** Names of what is deployed. They are fixed, so that stacks and commands find each other by name. */
export const stackName = (environment: string): string => `postroom-${environment}`;
export const receivingStackName = (environment: string): string =>
  `postroom-${environment}-receiving`;
export const ruleSetName = (environment: string): string => `postroom-${environment}`;
export const arrivalsTopicName = (environment: string): string =>
  `postroom-${environment}-arrivals`;
/** The group of the schedules that wake polls up. */
export const scheduleGroupName = (environment: string): string => `postroom-${environment}`;
export const tableName = (environment: string): string => `postroom-${environment}`;

/** S3 names are global: account and region keep ours apart from those of others. */
export const mailBucketName = (environment: string, account: string, region: string): string =>
  `postroom-${environment}-mail-${account}-${region}`;

/** The bucket that raw mail is dropped into. */
export const dropBucketName = (environment: string, account: string, region: string): string =>
  `postroom-${environment}-drop-${account}-${region}`;

export interface QueueNames {
  readonly name: string;
  readonly deadLetterName: string;
}

/** The SQS names of a queue and its dead-letter queue; SQS wants `.fifo` at the end of FIFO ones. */
export function queueNames(
  environment: string,
  queue: string,
  type: QueueConfiguration['type'] = 'standard',
): QueueNames {
  const ending = type === 'fifo' ? '.fifo' : '';
  const base = `postroom-${environment}-${queue}`;
  return { name: `${base}${ending}`, deadLetterName: `${base}-dead${ending}` };
}

/** The SQS name of a queue, from its ARN. */
export const readQueueName = (queueArn: string): string =>
  queueArn.slice(queueArn.lastIndexOf(':') + 1);

/** One SES receipt rule. */
export interface ReceiptRule {
  readonly name: string;
  readonly domains: readonly string[];
  /** Where its raw mail goes; ends with `/`. */
  readonly objectKeyPrefix: string;
}

/**
 * The receipt rules that the domains need: as few as SES allows, since a mail to two rules gives
 * two notifications.
 */
export function planReceiptRules({
  environment,
  receiving,
}: Configuration): readonly ReceiptRule[] {
  const domains = receiving.domains.map(({ domain }) => domain);
  const count = Math.ceil(domains.length / MAX_DOMAINS_PER_RECEIPT_RULE);
  return Array.from({ length: count }, (_, index) => ({
    name: `postroom-${environment}-${index + 1}`,
    domains: domains.slice(
      index * MAX_DOMAINS_PER_RECEIPT_RULE,
      (index + 1) * MAX_DOMAINS_PER_RECEIPT_RULE,
    ),
    objectKeyPrefix: `${SES_RAW_PREFIX}${index + 1}/`,
  }));
}

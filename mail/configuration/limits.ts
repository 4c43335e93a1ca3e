/** Amazon SES: bytes of a mail that its S3 action takes (40 MB, not adjustable). */
export const SES_MAX_MAIL_BYTES = 40 * 1024 * 1024;
/** LIMIT: recipients (here domains) in one SES receipt rule. */
export const MAX_DOMAINS_PER_RECEIPT_RULE = 500;
/** LIMIT: receipt rules in one SES rule set. */
export const MAX_RECEIPT_RULES = 200;
/** LIMIT: rules of ours. Each is tried for each recipient and may stand in an event's trace. */
export const MAX_RULES = 200;
/** SQS keeps a message 14 days at the most; every queue of ours keeps it that long. */
export const QUEUE_RETENTION_DAYS = 14;
/**
 * Days after which no queue speaks of a mail any more: a FIFO dead-letter queue counts its days anew.
 */
export const LONGEST_QUEUE_DAYS = 2 * QUEUE_RETENTION_DAYS;
/**
 * LIMIT: queues of a team. Each takes four of the 500 resources that a CloudFormation stack may have.
 */
export const MAX_QUEUES = 100;
/** LIMIT: different intervals of mailboxes. Each takes a resource of its stack, and runs by itself. */
export const MAX_INTERVALS = 50;
/** LIMIT: secrets of mailboxes. Each is named in the one policy of the function that reads them. */
export const MAX_SECRETS = 50;
/** LIMIT: mailboxes that are polled. All of them stand beside the bundle of each function that polls. */
export const MAX_MAILBOXES = 10_000;

import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { pickDispatchPollsConfiguration } from '../../mail/configuration/dispatch-polls-configuration.ts';
import { pickPollMailboxConfiguration } from '../../mail/configuration/poll-mailbox-configuration.ts';
import {
  DISPATCH_POLLS_TIMEOUT_SECONDS,
  POLL_MAILBOX_TIMEOUT_SECONDS,
} from '../../mail/configuration/polls-queue.ts';
import { KNOWN_LIST_PREFIX, POLLED_RAW_PREFIXES } from '../../mail/configuration/resource-names.ts';
import { acknowledgePrefixes } from './acknowledge-prefixes.ts';
import { createMailFunction, type MailRoomProps } from './mail-function.ts';
import { createPollSchedules } from './poll-schedules.ts';
import { createPollsQueue } from './polls-queue.ts';
import { addQueueReader, createReaderStatement } from './queue-reader.ts';

/** Both wait for others most of the time; mail is held a few MiB at a time. */
const MEMORY_MEGABYTES = 256;

/** What {@link Polling} is made from. */
export interface PollingProps extends MailRoomProps {
  /** The queue that is told of mail in quarantine, and of mailboxes. */
  readonly quarantineQueue: IQueue;
}

/**
 * Polls mailboxes: a schedule for each interval, the function that wakes polls up, their queue, and
 * the function that polls one mailbox. Ten thousand mailboxes take as many resources as one.
 */
export class Polling extends Construct {
  constructor(scope: Construct, id: string, props: PollingProps) {
    super(scope, id);
    const { configuration, mailBucket } = props;
    const polls = createPollsQueue(this, configuration);
    const { function: dispatch } = createMailFunction(this, 'DispatchPolls', props, {
      lambda: 'dispatch-polls',
      description: 'Wakes up the polls of all mailboxes with one interval',
      timeoutSeconds: DISPATCH_POLLS_TIMEOUT_SECONDS,
      memoryMegabytes: MEMORY_MEGABYTES,
      companion: pickDispatchPollsConfiguration(configuration),
      statements: createDispatchStatements(props, polls),
    });
    Validations.of(dispatch).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason: 'A run that fails three times is over: the next one comes within the interval.',
    });
    createPollSchedules(this, configuration, dispatch);
    const { function: poll, role } = createMailFunction(this, 'PollMailbox', props, {
      lambda: 'poll-mailbox',
      description: 'Lets in what is new in one mailbox',
      timeoutSeconds: POLL_MAILBOX_TIMEOUT_SECONDS,
      memoryMegabytes: MEMORY_MEGABYTES,
      companion: pickPollMailboxConfiguration(configuration),
      statements: [
        ...createStoreStatements(props),
        createReaderStatement(polls),
        createSecretStatement(configuration),
      ],
    });
    addQueueReader(this, 'Source', {
      queue: polls,
      target: poll,
      batchSize: 1,
      maxConcurrency: configuration.limits.pollers,
    });
    acknowledgePrefixes(role, mailBucket, [...POLLED_RAW_PREFIXES, KNOWN_LIST_PREFIX]);
  }
}

const createDispatchStatements = (
  { ledger, quarantineQueue }: PollingProps,
  polls: IQueue,
): readonly PolicyStatement[] => [
  new PolicyStatement({
    actions: ['sqs:SendMessage'],
    resources: [polls.queueArn, quarantineQueue.queueArn],
  }),
  new PolicyStatement({
    actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
    resources: [ledger.tableArn],
  }),
];

const createStoreStatements = ({
  mailBucket,
  ledger,
  arrivals,
  quarantineQueue,
}: PollingProps): readonly PolicyStatement[] => [
  new PolicyStatement({
    // A mail that comes in parts and fails takes its parts back.
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    resources: POLLED_RAW_PREFIXES.map((prefix) => mailBucket.arnForObjects(`${prefix}*`)),
  }),
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    resources: [mailBucket.arnForObjects(`${KNOWN_LIST_PREFIX}*`)],
  }),
  // Without it S3 answers "forbidden" where a list is gone, and the mailbox would never recover.
  new PolicyStatement({ actions: ['s3:ListBucket'], resources: [mailBucket.bucketArn] }),
  new PolicyStatement({
    actions: ['sqs:SendMessage'],
    resources: [arrivals.queueArn, quarantineQueue.queueArn],
  }),
  new PolicyStatement({
    actions: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
    ],
    resources: [ledger.tableArn],
  }),
];

/** Secrets Manager puts six characters behind a secret's name in its ARN. */
const createSecretStatement = ({ mailboxes }: Configuration): PolicyStatement => {
  const secrets = [...new Set(mailboxes.map(({ secret }) => secret))].toSorted();
  return new PolicyStatement({
    actions: ['secretsmanager:GetSecretValue'],
    resources: secrets.map(
      (secret) =>
        `arn:${Aws.PARTITION}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:${secret}-??????`,
    ),
  });
};

import { BucketAlreadyOwnedByYou, CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  GetQueueUrlCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { POLL_MAILBOX_TIMEOUT_SECONDS, POLLS_QUEUE } from '../../mail/configuration/polls-queue.ts';
import {
  arrivalsTopicName,
  dropBucketName,
  mailBucketName,
  queueNames,
} from '../../mail/configuration/resource-names.ts';
import type { LocalClients } from '../emulators/create-clients.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../emulators/embedded-aws.ts';
import {
  arrivalsQueueNames,
  planQueues,
  type PlannedQueue,
  undeliveredQueueName,
} from './plan-queues.ts';

const queueArn = (name: string): string => `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${name}`;

/** The ARN of the topic that says that a mail came in. */
export const localTopicArn = (environment: string): string =>
  `arn:aws:sns:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${arrivalsTopicName(environment)}`;

/** The bucket that holds raw mail and claim checks. */
export const localMailBucket = (environment: string): string =>
  mailBucketName(environment, LOCAL_ACCOUNT, LOCAL_REGION);

/** The bucket that raw mail is dropped into. */
export const localDropBucket = (environment: string): string =>
  dropBucketName(environment, LOCAL_ACCOUNT, LOCAL_REGION);

async function findQueueUrl(sqs: SQSClient, name: string): Promise<string | undefined> {
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

function writeAttributes({ attributes, redrive }: PlannedQueue): Record<string, string> {
  if (redrive === undefined) return { ...attributes };
  const policy = {
    deadLetterTargetArn: queueArn(redrive.deadLetterName),
    maxReceiveCount: redrive.maxReceives,
  };
  return { ...attributes, RedrivePolicy: JSON.stringify(policy) };
}

/** Makes a queue, or gives one that is there its attributes. */
async function ensureQueue(sqs: SQSClient, queue: PlannedQueue): Promise<'created' | 'kept'> {
  const attributes = writeAttributes(queue);
  const url = await findQueueUrl(sqs, queue.name);
  if (url === undefined) {
    await sqs.send(new CreateQueueCommand({ QueueName: queue.name, Attributes: attributes }));
    return 'created';
  }
  // What a queue is cannot be set, only what it does.
  const settable = Object.fromEntries(
    Object.entries(attributes).filter(([attribute]) => attribute !== 'FifoQueue'),
  );
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: settable }));
  return 'kept';
}

/**
 * Makes the queues that a configuration needs; those that it no longer names stay, with what is in
 * them.
 *
 * @returns The SQS names of the new ones.
 */
export async function createLocalQueues(
  { sqs }: LocalClients,
  configuration: Pick<Configuration, 'environment' | 'queues'>,
): Promise<readonly string[]> {
  const created: string[] = [];
  // In order: a queue's dead-letter queue must be there before it.
  for (const queue of planQueues(configuration)) {
    if ((await ensureQueue(sqs, queue)) === 'created') created.push(queue.name);
  }
  return created;
}

/** LIMIT: seconds that a wake-up is kept: the longest delay, and the time until the next is there. */
const POLLS_RETENTION_SECONDS = 3600;

/** Makes the queue that wakes polls up. @returns Its SQS name. */
export async function createPollsQueue(sqs: SQSClient, environment: string): Promise<string> {
  const { name } = queueNames(environment, POLLS_QUEUE);
  const attributes = {
    // LIMIT: AWS asks for six times the function's timeout.
    VisibilityTimeout: String(6 * POLL_MAILBOX_TIMEOUT_SECONDS),
    MessageRetentionPeriod: String(POLLS_RETENTION_SECONDS),
  };
  await ensureQueue(sqs, { name, attributes });
  return name;
}

async function ensureBucket(s3: S3Client, name: string): Promise<void> {
  try {
    await s3.send(new CreateBucketCommand({ Bucket: name }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
}

/** Makes the buckets, the topic and its subscription, as the deployed stack has them. */
export async function createMailDoor(
  { s3, sns }: LocalClients,
  environment: string,
): Promise<void> {
  await ensureBucket(s3, localMailBucket(environment));
  await ensureBucket(s3, localDropBucket(environment));
  await sns.send(new CreateTopicCommand({ Name: arrivalsTopicName(environment) }));
  await sns.send(
    new SubscribeCommand({
      TopicArn: localTopicArn(environment),
      Protocol: 'sqs',
      Endpoint: queueArn(arrivalsQueueNames(environment).name),
      Attributes: {
        RawMessageDelivery: 'true',
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: queueArn(undeliveredQueueName(environment)),
        }),
      },
    }),
  );
}

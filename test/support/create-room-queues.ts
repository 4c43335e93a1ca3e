import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { LOCAL_REGION } from '../../local/emulators/embedded-aws.ts';
import { localMailBucket } from '../../local/queues/create-resources.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import type { AwsUnderTest } from './aws-under-test.ts';
import { drainQueue } from './drain-queue.ts';

/** What a test does with the queues of a configuration. */
export function createRoomQueues(
  { clients: { sqs }, queueUrlBase }: Pick<AwsUnderTest, 'clients' | 'queueUrlBase'>,
  { environment, queues }: Configuration,
) {
  const readQueueUrl = (queue: string): string =>
    `${queueUrlBase}${queueNames(environment, queue, queues[queue]?.type).name}`;
  return {
    /** Takes out what is in a queue. */
    drain: (queue: string) => drainQueue(sqs, readQueueUrl(queue)),
    /** Puts a message into a FIFO queue, whatever was in it before. */
    sendAgain: async (queue: string, body: string): Promise<void> => {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: readQueueUrl(queue),
          MessageBody: body,
          MessageGroupId: 'again',
          MessageDeduplicationId: randomUUID(),
        }),
      );
    },
    /** What a consumer of this queue is told by its variables. */
    createVariables: (queue: string, folder: string): Readonly<Record<string, string>> => ({
      PATH: process.env['PATH'] ?? '',
      AWS_ENDPOINT_URL: new URL(queueUrlBase).origin,
      AWS_REGION: LOCAL_REGION,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      QUEUE_URL: readQueueUrl(queue),
      MAIL_BUCKET: localMailBucket(environment),
      FOLDER: folder,
    }),
  };
}

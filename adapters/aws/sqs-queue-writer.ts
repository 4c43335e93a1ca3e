import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueWriter } from '../../mail/ports/door-ports.ts';
import { callAws } from './call-aws.ts';

/**
 * Puts messages into queues of our own, which are standard ones.
 *
 * @param writeQueueUrl Gives a queue's URL by its name in the configuration.
 */
export const createSqsQueueWriter = (
  sqs: SQSClient,
  writeQueueUrl: (queue: string) => string,
): QueueWriter => ({
  async writeMessage(queue, body) {
    await callAws('SQS', () =>
      sqs.send(new SendMessageCommand({ QueueUrl: writeQueueUrl(queue), MessageBody: body })),
    );
  },
});

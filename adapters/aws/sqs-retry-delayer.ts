import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { readQueueName } from '../../mail/configuration/resource-names.ts';
import { PeerUnavailableError } from '../../mail/errors.ts';
import type { RetryDelayer } from '../../mail/ports/ports.ts';
import { callAws } from './call-aws.ts';

/**
 * Sets when a message is seen again in the queue that it came from.
 *
 * @param queueUrlBase What stands before a queue's name in its URL; ends with `/`.
 */
export const createSqsRetryDelayer = (sqs: SQSClient, queueUrlBase: string): RetryDelayer => ({
  async delayRetry({ receiptHandle, eventSourceARN }, delaySeconds) {
    try {
      await callAws('SQS', () =>
        sqs.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: `${queueUrlBase}${readQueueName(eventSourceARN)}`,
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: delaySeconds,
          }),
        ),
      );
    } catch (error) {
      // The queue's own visibility timeout brings the message back, only later.
      if (!(error instanceof PeerUnavailableError)) throw error;
    }
  },
});

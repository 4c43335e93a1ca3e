import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { PeerUnavailableError } from '../../mail/errors.ts';
import type { RetryDelayer } from '../../mail/ports/ports.ts';
import { callAws } from './call-aws.ts';

/** Sets when a message of a queue is seen again. */
export const createSqsRetryDelayer = (sqs: SQSClient, queueUrl: string): RetryDelayer => ({
  async delayRetry(receiptHandle, delaySeconds) {
    try {
      await callAws('SQS', () =>
        sqs.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: queueUrl,
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

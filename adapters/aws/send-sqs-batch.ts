import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { PeerUnavailableError } from '../../mail/errors.ts';
import { callAws } from './call-aws.ts';

/** What is sent, but for its number in the batch. */
export type BatchEntry = Omit<SendMessageBatchRequestEntry, 'Id'>;

/**
 * Sends messages to a queue in one request.
 *
 * @param entries Ten at the most.
 * @throws {PeerUnavailableError} Also when SQS takes only some of them.
 */
export async function sendSqsBatch(
  sqs: SQSClient,
  queueUrl: string,
  entries: readonly BatchEntry[],
): Promise<void> {
  const { Failed: [failed] = [] } = await callAws('SQS', () =>
    sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: entries.map((entry, index) => ({ Id: String(index), ...entry })),
      }),
    ),
  );
  if (failed === undefined) return;
  const fields = { peer: 'SQS', name: failed.Code ?? 'unknown' };
  throw new PeerUnavailableError('SQS did not take every message', { fields });
}

import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { PeerUnavailableError } from '../../mail/errors.ts';
import { toSqsJson } from '../../mail/message/sqs-json.ts';
import type { ArrivalAnnouncer, ArrivalBatchAnnouncer } from '../../mail/ports/door-ports.ts';
import { callAws } from './call-aws.ts';

/** Puts notices into the arrivals queue. */
export const createSqsArrivalAnnouncer = (
  sqs: SQSClient,
  arrivalsUrl: string,
): ArrivalAnnouncer & ArrivalBatchAnnouncer => ({
  async announceArrival(notice) {
    await callAws('SQS', () =>
      sqs.send(new SendMessageCommand({ QueueUrl: arrivalsUrl, MessageBody: toSqsJson(notice) })),
    );
  },

  async announceArrivals(notices) {
    const { Failed: [failed] = [] } = await callAws('SQS', () =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: arrivalsUrl,
          Entries: notices.map((notice, index) => ({
            Id: String(index),
            MessageBody: toSqsJson(notice),
          })),
        }),
      ),
    );
    if (failed === undefined) return;
    const fields = { peer: 'SQS', name: failed.Code ?? 'unknown' };
    throw new PeerUnavailableError('SQS did not take every message', { fields });
  },
});

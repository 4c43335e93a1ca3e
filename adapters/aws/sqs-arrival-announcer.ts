import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { toSqsJson } from '../../mail/message/sqs-json.ts';
import type { ArrivalAnnouncer, ArrivalBatchAnnouncer } from '../../mail/ports/door-ports.ts';
import { callAws } from './call-aws.ts';
import { sendSqsBatch } from './send-sqs-batch.ts';

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

  announceArrivals: (notices) =>
    sendSqsBatch(
      sqs,
      arrivalsUrl,
      notices.map((notice) => ({ MessageBody: toSqsJson(notice) })),
    ),
});

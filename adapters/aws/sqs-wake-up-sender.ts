import type { SQSClient } from '@aws-sdk/client-sqs';
import type { WakeUpSender } from '../../mail/ports/wake-up-sender.ts';
import { sendSqsBatch } from './send-sqs-batch.ts';

/** Puts wake-ups into the polls queue, each with its delay. */
export const createSqsWakeUpSender = (sqs: SQSClient, pollsUrl: string): WakeUpSender => ({
  sendWakeUps: (wakeUps) =>
    sendSqsBatch(
      sqs,
      pollsUrl,
      wakeUps.map(({ request, delaySeconds }) => ({
        MessageBody: JSON.stringify(request),
        DelaySeconds: delaySeconds,
      })),
    ),
});

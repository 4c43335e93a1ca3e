import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { createSqsWakeUpSender } from '../../../adapters/aws/sqs-wake-up-sender.ts';
import type { WakeUp } from '../../../mail/ports/wake-up-sender.ts';
import { drainQueue } from '../../support/drain-queue.ts';
import { startEmbeddedSqs } from '../../support/embedded-sqs.ts';

const createWakeUp = (mailbox: string, delaySeconds: number): WakeUp => ({
  request: { type: 'mailbox.poll', version: 1, mailbox, scheduledAt: '2026-11-24T09:00:00.000Z' },
  delaySeconds,
});

async function openQueue() {
  const { sqs } = await startEmbeddedSqs();
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'polls' }));
  return { sqs, QueueUrl };
}

it('puts wake-ups into the queue, and holds back those that have a delay', async () => {
  const { sqs, QueueUrl } = await openQueue();
  const wakeUps = [createWakeUp('now', 0), createWakeUp('later', 900)];
  await createSqsWakeUpSender(sqs, QueueUrl).sendWakeUps(wakeUps);
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesDelayed: '1',
  });
  const bodies = await drainQueue(sqs, QueueUrl);
  expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual([wakeUps[0]?.request]);
});

it('says so when a queue is not there', async () => {
  const { sqs, QueueUrl } = await openQueue();
  const sender = createSqsWakeUpSender(sqs, QueueUrl.replace('polls', 'none'));
  await expect(sender.sendWakeUps([createWakeUp('now', 0)])).rejects.toMatchObject({
    code: 'peer-unavailable',
    fields: { peer: 'SQS' },
  });
});

import { beforeAll, expect, it } from 'vitest';
import { createSqsQueueWriter } from '../../adapters/aws/sqs-queue-writer.ts';
import { createLocalQueues } from '../../local/queues/create-resources.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { PeerUnavailableError } from '../../mail/errors.ts';
import type { QueueWriter } from '../../mail/ports/door-ports.ts';
import type { AwsUnderTest } from '../support/aws-under-test.ts';
import { describeContract } from '../support/describe-contract.ts';
import { drainQueue } from '../support/drain-queue.ts';

/** The port, and what came of it. */
interface Queues {
  readonly writer: QueueWriter;
  readonly takeMessages: (queue: string) => Promise<readonly string[]>;
}

async function createOverAws({ clients, queueUrlBase }: AwsUnderTest): Promise<Queues> {
  await createLocalQueues(clients, { environment: 'test', queues: {} });
  const writeQueueUrl = (queue: string) => `${queueUrlBase}${queueNames('test', queue).name}`;
  return {
    writer: createSqsQueueWriter(clients.sqs, writeQueueUrl),
    takeMessages: (queue) => drainQueue(clients.sqs, writeQueueUrl(queue)),
  };
}

describeContract('the writer of our own queues', { aws: createOverAws }, (open) => {
  let queues: Queues;
  beforeAll(async () => {
    queues = await open();
  });

  it.each(['{"a": "as it came" } ', 'no JSON: ü €\n\ttwo lines', 'x'.repeat(60_000)])(
    'puts a message into the queue that it names, as it is: %.12s',
    async (body) => {
      await queues.writer.writeMessage('arrivals', body);
      expect(await queues.takeMessages('arrivals')).toEqual([body]);
      expect(await queues.takeMessages('drops')).toEqual([]);
    },
  );

  it('says so when there is no such queue', async () => {
    const written = queues.writer.writeMessage('not-there', 'lost?');
    await expect(written).rejects.toThrow(PeerUnavailableError);
  });
});

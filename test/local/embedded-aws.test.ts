import { networkInterfaces } from 'node:os';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLocalClients } from '../../local/emulators/create-clients.ts';
import { startEmbeddedAws, toEndpoint } from '../../local/emulators/embedded-aws.ts';
import { peekLocalQueue } from '../../local/queues.ts';
import { createFolder } from './fixture.ts';

async function start(folder: string, abandonedQueue = 'abandoned') {
  const aws = await startEmbeddedAws({
    folder,
    host: '127.0.0.1',
    port: 0,
    abandonedQueues: [abandonedQueue],
  });
  const clients = createLocalClients(aws.endpoint);
  let isOpen = true;
  const stop = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    clients.destroy();
    await aws.close();
  };
  onTestFinished(stop);
  const queueUrl = (name: string): string => `${aws.queueUrlBase}${name}`;
  const receive = async (name: string) => {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl(name),
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    return Messages;
  };
  return { ...aws, ...clients, stop, queueUrl, receive };
}

type Aws = Awaited<ReturnType<typeof start>>;

async function sendTo({ sqs, queueUrl }: Aws, name: string): Promise<void> {
  await sqs.send(new CreateQueueCommand({ QueueName: name }));
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(name), MessageBody: name }));
}

describe('the embedded S3, SQS and SNS', () => {
  it('listen on the host that they are given and on no other', async () => {
    const aws = await start(createFolder());
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address?.internal === false && address.family === 'IPv4')
      .map((address) => address?.address ?? '');
    const { port } = new URL(aws.endpoint);
    for (const address of ['127.0.0.2', ...others]) {
      await expect(fetch(`http://${address}:${port}/health`)).rejects.toThrow('fetch failed');
    }
    expect((await fetch(new URL('/health', aws.endpoint))).status).toBe(200);
  });

  it('give a message back at once when its visibility is set to 0, and count its receives', async () => {
    const aws = await start(createFolder());
    await sendTo(aws, 'work');
    for (const count of ['1', '2', '3']) {
      const [message] = await aws.receive('work');
      expect(message?.Attributes?.ApproximateReceiveCount).toBe(count);
      await aws.sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: aws.queueUrl('work'),
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout: 0,
        }),
      );
    }
  });

  it('keep messages, and what was taken of them, through a restart', async () => {
    const folder = createFolder();
    const first = await start(folder);
    await sendTo(first, 'taken');
    await sendTo(first, 'abandoned');
    await first.receive('taken');
    await first.receive('abandoned');
    await first.stop();

    const second = await start(folder);
    // A consumer of a team's may still be at work; the reader of the arrivals died with the run.
    expect(await second.receive('taken')).toEqual([]);
    const [message] = await second.receive('abandoned');
    expect(message?.Attributes?.ApproximateReceiveCount).toBe('2');
  });

  it('name the queues by the port of this start', async () => {
    const folder = createFolder();
    const first = await start(folder);
    await sendTo(first, 'kept');
    await first.stop();
    const second = await start(folder);
    const { QueueUrl } = await second.sqs.send(new GetQueueUrlCommand({ QueueName: 'kept' }));
    expect(QueueUrl).toBe(second.queueUrl('kept'));
    expect(await peekLocalQueue({ awsEndpoint: second.endpoint }, 'kept')).toHaveLength(1);
  });
});

describe('the endpoint of a host', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:80'],
    ['0.0.0.0', 'http://127.0.0.1:80'],
    ['::', 'http://127.0.0.1:80'],
    ['::1', 'http://[::1]:80'],
    ['172.17.0.1', 'http://172.17.0.1:80'],
  ])('%s is %s', (host, endpoint) => {
    expect(toEndpoint(host, 80)).toBe(endpoint);
  });
});

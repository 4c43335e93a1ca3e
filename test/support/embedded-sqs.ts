import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { onTestFinished } from 'vitest';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { listQueueNames } from '../../cli/queue/list-queue-names.ts';

/** An SQS endpoint in this process with the queues of a configuration. */
export interface EmbeddedSqs {
  readonly endpoint: string;
  readonly sqs: SQSClient;
  /** Sends to a queue by its SQS name. */
  readonly sendMessage: (name: string, body: string) => Promise<void>;
  /** Receives and keeps: how many messages a consumer would get, with their receives. */
  readonly receiveCounts: (name: string) => Promise<readonly number[]>;
}

const ACCOUNT = '000000000000';
const REGION = 'eu-west-1';

/** Variables that point the AWS clients of a command at an endpoint. */
export const toAwsVariables = (endpoint: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

async function createQueues(sqs: SQSClient, configuration: Configuration): Promise<void> {
  for (const { name, deadLetterName } of listQueueNames(configuration).values()) {
    const kind = name.endsWith('.fifo')
      ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
      : {};
    await sqs.send(new CreateQueueCommand({ QueueName: deadLetterName, Attributes: kind }));
    if (name === deadLetterName) continue;
    const deadLetterTargetArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${deadLetterName}`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 5 });
    await sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: { ...kind, RedrivePolicy } }),
    );
  }
}

/** Starts SQS with the queues of a configuration, each with five receives; stops with the test. */
export async function startEmbeddedSqs(configuration?: Configuration): Promise<EmbeddedSqs> {
  const app = buildApp({ logger: false, defaultRegion: REGION });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  const sqs = new SQSClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    useQueueUrlAsEndpoint: false,
  });
  onTestFinished(async () => {
    sqs.destroy();
    await app.close();
  });
  const findUrl = async (name: string): Promise<string | undefined> =>
    (await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  if (configuration !== undefined) await createQueues(sqs, configuration);
  return {
    endpoint,
    sqs,
    async sendMessage(name, body) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: await findUrl(name),
          MessageBody: body,
          ...(name.endsWith('.fifo') ? { MessageGroupId: 'group' } : {}),
        }),
      );
    },
    async receiveCounts(name) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: await findUrl(name),
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      return Messages.map(({ Attributes }) => Number(Attributes?.ApproximateReceiveCount));
    },
  };
}

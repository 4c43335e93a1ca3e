import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { LOCAL_REGION } from './embedded-aws.ts';

/** AWS clients that talk to the emulators, whatever profile this machine has. */
export interface LocalClients {
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  /** Closes their sockets. */
  readonly destroy: () => void;
}

/** For an emulator, whatever profile this machine has. */
const localSettings = (endpoint: string) => ({
  endpoint,
  region: LOCAL_REGION,
  // The emulators take any; without them the SDK would look for the person's own.
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** Makes a client for the emulator of DynamoDB. */
export const createLocalDynamodb = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient(localSettings(endpoint));

/** Makes clients for an endpoint of the emulators. */
export function createLocalClients(endpoint: string): LocalClients {
  const settings = localSettings(endpoint);
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const sns = new SNSClient(settings);
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  return {
    s3,
    sns,
    sqs,
    destroy() {
      for (const client of [s3, sns, sqs]) client.destroy();
    },
  };
}

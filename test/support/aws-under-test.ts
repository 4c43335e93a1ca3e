import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  createLocalClients,
  createLocalDynamodb,
  type LocalClients,
} from '../../local/emulators/create-clients.ts';
import { LOCAL_ACCOUNT, startEmbeddedAws } from '../../local/emulators/embedded-aws.ts';
import { startEmbeddedDynamodb } from '../../local/emulators/embedded-dynamodb.ts';
import { localAws, startEndpoint } from './local-aws/local-aws-endpoint.ts';
import type { Requirement } from './requirement.ts';

/** Something that answers as AWS does, with nothing in it yet. */
export interface AwsUnderTest {
  readonly clients: LocalClients;
  readonly dynamodb: DynamoDBClient;
  /** What stands before a queue's name in its URL. */
  readonly queueUrlBase: string;
  readonly close: () => Promise<void>;
}

/** What plays AWS for a test. */
export interface AwsPlayer {
  /** As a title says it: `the ledger over …`. */
  readonly name: string;
  /** What a machine may lack. */
  readonly requirements: readonly Requirement[];
  readonly start: () => Promise<AwsUnderTest>;
}

interface Endpoints {
  readonly aws: string;
  readonly dynamodb: string;
}

function connect(endpoints: Endpoints, stop: () => Promise<void>): AwsUnderTest {
  const clients = createLocalClients(endpoints.aws);
  const dynamodb = createLocalDynamodb(endpoints.dynamodb);
  return {
    clients,
    dynamodb,
    queueUrlBase: `${endpoints.aws}/${LOCAL_ACCOUNT}/`,
    async close() {
      clients.destroy();
      dynamodb.destroy();
      await stop();
    },
  };
}

/** The emulators of the local run, with a state of their own. */
export const EMBEDDED: AwsPlayer = {
  name: 'the embedded emulators',
  requirements: [],
  async start() {
    const folder = mkdtempSync(join(tmpdir(), 'postroom-embedded-'));
    const address = { host: '127.0.0.1', port: 0 };
    const aws = await startEmbeddedAws({ folder, ...address, abandonedQueues: [] });
    const dynamodb = await startEmbeddedDynamodb({ folder: join(folder, 'dynamodb'), ...address });
    return connect({ aws: aws.endpoint, dynamodb: dynamodb.endpoint }, async () => {
      await Promise.all([aws.close(), dynamodb.close()]);
      rmSync(folder, { recursive: true });
    });
  },
};

/** The endpoint that `test/deploy` deploys to. */
export const LOCAL_AWS: AwsPlayer = {
  name: 'the local AWS endpoint',
  requirements: [localAws],
  async start() {
    const endpoint = await startEndpoint();
    return connect({ aws: endpoint.url, dynamodb: endpoint.url }, () => endpoint.stop());
  },
};

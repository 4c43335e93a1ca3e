import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDbStoryReader } from '../../adapters/aws/dynamodb-story-reader.ts';
import { readLocalEndpoints } from '../../local/endpoints.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { tableName } from '../../mail/configuration/resource-names.ts';
import type { StoryReader } from '../../mail/ledger/story-reader.ts';
import { CommandError } from '../command-error.ts';
import { readCommandLineEnvironment } from '../environment.ts';
import type { ConfigurationOptions } from '../read-command-configuration.ts';

/** Where a command finds the ledger: the local run of this folder, or what is deployed. */
export interface LedgerPlace {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly stories: StoryReader;
  /** Of the emulators of S3; undefined where AWS is asked. */
  readonly awsEndpoint: string | undefined;
  /** Closes its sockets; without it the process lingers. */
  readonly close: () => void;
}

/** How long a person waits for one answer. */
const BOUNDED = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    // Without this the timeout is only a warning.
    throwOnRequestTimeout: true,
  },
};

/** The emulators take any; without them the SDK would look for the person's own. */
const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Settings of a client for the local run's emulators, or for AWS. */
export const createClientSettings = (endpoint: string | undefined) => {
  if (endpoint !== undefined) {
    return { ...BOUNDED, endpoint, region: 'us-east-1', credentials: LOCAL_CREDENTIALS };
  }
  const { region } = readCommandLineEnvironment();
  return { ...BOUNDED, ...(region === undefined ? {} : { region }) };
};

/**
 * Opens the ledger that a command asks about.
 *
 * @param command Its name, for the message.
 * @throws {CommandError} When it asks about the local run and none is on.
 */
export function openLedger(
  command: string,
  { environment }: Configuration,
  { env }: Pick<ConfigurationOptions, 'env'>,
): LedgerPlace {
  const local = env === undefined ? readLocalEndpoints() : undefined;
  if (env === undefined && local === undefined) {
    throw new CommandError(
      `${command}: no local run in this folder; start one with \`npm start\`, or ask what is deployed with --env NAME`,
    );
  }
  const dynamodb = new DynamoDBClient(createClientSettings(local?.dynamodbEndpoint));
  const table = tableName(local?.environment ?? environment);
  return {
    dynamodb,
    table,
    stories: createDynamoDbStoryReader(dynamodb, table),
    awsEndpoint: local?.awsEndpoint,
    close: () => {
      dynamodb.destroy();
    },
  };
}

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { DEAD_LETTER_SOURCES } from '../../mail/configuration/dead-letter-queues.ts';
import { DROPS_QUEUE } from '../../mail/configuration/object-queues.ts';
import { queueNames, tableName } from '../../mail/configuration/resource-names.ts';
import {
  createLocalClients,
  createLocalDynamodb,
  type LocalClients,
} from '../emulators/create-clients.ts';
import { startEmbeddedAws } from '../emulators/embedded-aws.ts';
import { startEmbeddedDynamodb } from '../emulators/embedded-dynamodb.ts';
import { createLedgerTable, endAbandonedLeases } from '../queues/create-ledger-table.ts';
import { createLocalQueues, createMailDoor } from '../queues/create-resources.ts';
import { arrivalsQueueNames } from '../queues/plan-queues.ts';
import type { Shutdown } from './shutdown.ts';
import { dynamodbFolder } from './state-folder.ts';

/** Where the emulators keep their state and listen. */
export interface EmulatorOptions {
  readonly stateFolder: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly awsPort: number;
  /** 0 takes a free one. */
  readonly dynamodbPort: number;
}

/** The emulators, with everything in them that a configuration needs. */
export interface Emulators {
  readonly clients: LocalClients;
  readonly dynamodb: DynamoDBClient;
  readonly awsEndpoint: string;
  readonly dynamodbEndpoint: string;
  readonly queueUrlBase: string;
  /** What kept the emulators from storing something since this was last asked. */
  readonly takeStorageFault: () => unknown;
}

/** Starts the emulators and makes bucket, topic and queues in them. */
export async function startEmulators(
  { stateFolder, host, awsPort, dynamodbPort }: EmulatorOptions,
  configuration: Configuration,
  shutdown: Shutdown,
): Promise<Emulators> {
  const { environment } = configuration;
  const dynamodb = await startEmbeddedDynamodb({
    folder: dynamodbFolder(stateFolder),
    host,
    port: dynamodbPort,
  });
  shutdown.add(() => dynamodb.close());
  const aws = await startEmbeddedAws({
    folder: stateFolder,
    host,
    port: awsPort,
    abandonedQueues: [
      arrivalsQueueNames(environment).name,
      queueNames(environment, DROPS_QUEUE).name,
      ...DEAD_LETTER_SOURCES.map((queue) => queueNames(environment, queue).deadLetterName),
    ],
  });
  shutdown.add(() => aws.close());
  const clients = createLocalClients(aws.endpoint);
  const ledgerClient = createLocalDynamodb(dynamodb.endpoint);
  shutdown.add(() => {
    clients.destroy();
    ledgerClient.destroy();
  });
  await createLedgerTable(ledgerClient, tableName(environment));
  await endAbandonedLeases(ledgerClient, tableName(environment));
  await createLocalQueues(clients, configuration);
  await createMailDoor(clients, environment);
  return {
    clients,
    dynamodb: ledgerClient,
    awsEndpoint: aws.endpoint,
    dynamodbEndpoint: dynamodb.endpoint,
    queueUrlBase: aws.queueUrlBase,
    takeStorageFault: aws.takeFault,
  };
}

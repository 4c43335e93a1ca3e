import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { createLocalClients, type LocalClients } from '../emulators/create-clients.ts';
import { startEmbeddedAws } from '../emulators/embedded-aws.ts';
import { startEmbeddedDynamodb } from '../emulators/embedded-dynamodb.ts';
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
    abandonedQueue: arrivalsQueueNames(environment).name,
  });
  shutdown.add(() => aws.close());
  const clients = createLocalClients(aws.endpoint);
  shutdown.add(() => {
    clients.destroy();
  });
  await createLocalQueues(clients, configuration);
  await createMailDoor(clients, environment);
  return {
    clients,
    awsEndpoint: aws.endpoint,
    dynamodbEndpoint: dynamodb.endpoint,
    queueUrlBase: aws.queueUrlBase,
    takeStorageFault: aws.takeFault,
  };
}

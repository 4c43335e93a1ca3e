import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDbLedger } from '../../adapters/aws/dynamodb-ledger.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { createEnterDropsHandler } from '../../lambdas/enter-drops/create-handler.ts';
import { DROPS_QUEUE, OBJECT_QUEUES } from '../../mail/configuration/object-queues.ts';
import { LEASE_SECONDS } from '../../mail/configuration/own-queues.ts';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { queueNames, tableName } from '../../mail/configuration/resource-names.ts';
import { describeError } from '../../mail/errors.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import { localDropBucket, localMailBucket } from '../queues/create-resources.ts';
import { arrivalsQueueNames } from '../queues/plan-queues.ts';
import { createLocalRetryDelayer } from '../queues/local-retry-delayer.ts';
import { startArrivalsPoller } from '../queues/poll-arrivals.ts';
import type { DropTarget } from './drop-mail.ts';
import { watchDropFolder } from './watch-drop-folder.ts';

export interface DropDoorOptions extends DropTarget {
  readonly folder: string;
  readonly dynamodb: DynamoDBClient;
  /** The configuration that holds now; another object when it has changed. */
  readonly readConfiguration: () => ParseMailConfiguration;
  /** See `LocalRunOptions`. */
  readonly maxRetrySeconds: number;
  readonly onTrouble: (message: string) => void;
}

/** A running drop door. */
export interface DropDoor {
  stop(): Promise<void>;
}

/** The deployed function over the emulators. */
function createHandler(options: DropDoorOptions) {
  const { clients, dynamodb, environment, queueUrlBase, readConfiguration } = options;
  return createEnterDropsHandler({
    objects: createS3ObjectStore(clients.s3),
    arrivals: createSqsArrivalAnnouncer(
      clients.sqs,
      `${queueUrlBase}${arrivalsQueueNames(environment).name}`,
    ),
    ledger: createDynamoDbLedger(dynamodb, {
      table: tableName(environment),
      clock: systemClock,
      leaseSeconds: LEASE_SECONDS,
      retentionDays: readConfiguration().retention.rawDays,
    }),
    mailBucket: localMailBucket(environment),
    dropBucket: localDropBucket(environment),
    readConfiguration,
    clock: systemClock,
    readRandom: Math.random,
    retries: createLocalRetryDelayer(options),
    reportBatch: ({ failed }) => {
      for (const { code, receives } of failed) {
        options.onTrouble(
          `a dropped mail did not get in (${code}, try ${receives} of ${OBJECT_QUEUES.drops.maxReceives})`,
        );
      }
    },
  });
}

/** Starts the function that lets in what is dropped, and watches the folder. */
export function startDropDoor(options: DropDoorOptions): DropDoor {
  const { clients, environment, queueUrlBase, onTrouble } = options;
  const { name } = queueNames(environment, DROPS_QUEUE);
  const queueUrl = `${queueUrlBase}${name}`;
  const poller = startArrivalsPoller({
    sqs: clients.sqs,
    queueUrl,
    queueName: name,
    handler: createHandler(options),
    onTrouble: (error) => {
      onTrouble(`drops queue: ${describeError(error)}`);
    },
  });
  const folder = watchDropFolder(options);
  return {
    async stop() {
      await folder.close();
      await poller.stop();
    },
  };
}

import { createDynamoDbLedger } from '../../adapters/aws/dynamodb-ledger.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import type { BatchHandler } from '../../lambdas/create-batch-handler.ts';
import { createEnterDropsHandler } from '../../lambdas/enter-drops/create-handler.ts';
import { createReconcileArrivalsHandler } from '../../lambdas/reconcile-arrivals/create-handler.ts';
import { createLocalClients, createLocalDynamodb } from '../../local/emulators/create-clients.ts';
import { localDropBucket, localMailBucket } from '../../local/queues/create-resources.ts';
import { arrivalsQueueNames } from '../../local/queues/plan-queues.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { LEASE_SECONDS } from '../../mail/configuration/own-queues.ts';
import { tableName } from '../../mail/configuration/resource-names.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import { createContext, createSqsEvent } from '../../test/support/sqs-event.ts';
import type { EmulatorThread } from './emulator-thread.ts';
import type { Payer, RequestMeter } from './request-meter.ts';

type FunctionName = 'reconcile-arrivals' | 'enter-drops';

/** What a function took for what S3 had told it. */
export interface HandledObjects {
  readonly batches: number;
  /** Of this thread. */
  readonly processorMs: number;
}

/** The functions that S3's queues feed, each request on the meter. */
export interface ObjectFunctions {
  /** S3 tells the queue of a function. */
  readonly tell: (name: FunctionName, s3Event: object) => void;
  readonly handle: (name: FunctionName, batchSize: number) => Promise<HandledObjects>;
  readonly close: () => void;
}

interface Parts {
  readonly thread: EmulatorThread;
  readonly meter: RequestMeter;
}

function createHandler(
  name: FunctionName,
  configuration: Configuration,
  { thread, meter }: Parts,
): { readonly handler: BatchHandler; readonly close: () => void } {
  const { environment } = configuration;
  const clients = createLocalClients(thread.awsEndpoint);
  const dynamodb = createLocalDynamodb(thread.dynamodbEndpoint);
  meter.watch(name, [clients.s3, clients.sqs, dynamodb]);
  const dependencies = {
    objects: createS3ObjectStore(clients.s3),
    arrivals: createSqsArrivalAnnouncer(
      clients.sqs,
      `${thread.queueUrlBase}${arrivalsQueueNames(environment).name}`,
    ),
    ledger: createDynamoDbLedger(dynamodb, {
      table: tableName(environment),
      clock: systemClock,
      leaseSeconds: LEASE_SECONDS,
      retentionDays: configuration.retention.rawDays,
    }),
    retries: { delayRetry: () => Promise.resolve() },
    clock: systemClock,
    mailBucket: localMailBucket(environment),
    dropBucket: localDropBucket(environment),
    readRandom: () => 0.5,
    readConfiguration: () => configuration,
  };
  return {
    handler:
      name === 'enter-drops'
        ? createEnterDropsHandler(dependencies)
        : createReconcileArrivalsHandler(dependencies),
    close() {
      clients.destroy();
      dynamodb.destroy();
    },
  };
}

/**
 * Makes the functions. Their queues are not the emulator's, one of which holds messages back for 15
 * minutes: what queue and event source ask for is noted as AWS does it.
 */
export function createObjectFunctions(configuration: Configuration, parts: Parts): ObjectFunctions {
  const functions = {
    'reconcile-arrivals': createHandler('reconcile-arrivals', configuration, parts),
    'enter-drops': createHandler('enter-drops', configuration, parts),
  };
  const told: Record<FunctionName, object[]> = { 'reconcile-arrivals': [], 'enter-drops': [] };
  const note = (by: Payer, operation: string): void => {
    const one = { attempts: 1, units: 1, bytes: 0, rowsAtMost: 0 };
    parts.meter.requests.push({ by, service: 'SQS', operation, ...one });
  };
  const handleBatch = async (name: FunctionName, bodies: readonly object[]): Promise<number> => {
    note('event source', 'ReceiveMessage');
    const begin = process.threadCpuUsage();
    const event = createSqsEvent(...bodies);
    const { batchItemFailures } = await functions[name].handler(event, createContext());
    const { user, system } = process.threadCpuUsage(begin);
    if (batchItemFailures.length > 0) throw new Error('expected every object to be handled');
    note('event source', 'DeleteMessageBatch');
    return (user + system) / 1000;
  };
  return {
    tell(name, s3Event) {
      note('S3', 'SendMessage');
      told[name].push(s3Event);
    },
    async handle(name, batchSize) {
      let batches = 0;
      let processorMs = 0;
      while (told[name].length > 0) {
        processorMs += await handleBatch(name, told[name].splice(0, batchSize));
        batches += 1;
      }
      return { batches, processorMs };
    },
    close() {
      for (const { close } of Object.values(functions)) close();
    },
  };
}

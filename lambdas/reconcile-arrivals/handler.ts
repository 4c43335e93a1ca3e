import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { createDynamoDbLedger } from '../../adapters/aws/dynamodb-ledger.ts';
import { createFunctionClients } from '../../adapters/aws/function-clients.ts';
import { createInvocationDeadline } from '../../adapters/aws/invocation-deadline.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { createSqsRetryDelayer } from '../../adapters/aws/sqs-retry-delayer.ts';
import { RECONCILE_QUEUE } from '../../mail/configuration/object-queues.ts';
import { ARRIVALS_QUEUE, LEASE_SECONDS } from '../../mail/configuration/own-queues.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import { createDeadlineMiddleware } from '../invocation-deadline-middleware.ts';
import { readCompanionConfiguration } from '../read-companion-configuration.ts';
import { createReconcileArrivalsHandler } from './create-handler.ts';
import { reconcileArrivalsEnvironmentSchema } from './environment.ts';

const environment = reconcileArrivalsEnvironmentSchema.parse(process.env);
const configuration = readCompanionConfiguration(environment);

const logger = new Logger({ serviceName: 'reconcile-arrivals' });
const deadline = createInvocationDeadline();
const { s3, sqs, dynamodb } = createFunctionClients(deadline, {
  isPathStyle: environment.AWS_ENDPOINT_URL !== undefined,
});
const writeQueueUrl = (queue: string): string =>
  `${environment.QUEUE_URL_BASE}${queueNames(configuration.environment, queue).name}`;

/** The deployed function. */
export const handler = createReconcileArrivalsHandler(
  {
    objects: createS3ObjectStore(s3),
    arrivals: createSqsArrivalAnnouncer(sqs, writeQueueUrl(ARRIVALS_QUEUE)),
    ledger: createDynamoDbLedger(dynamodb, {
      table: environment.TABLE_NAME,
      clock: systemClock,
      leaseSeconds: LEASE_SECONDS,
      retentionDays: configuration.retention.rawDays,
    }),
    mailBucket: environment.MAIL_BUCKET,
    retries: createSqsRetryDelayer(sqs, writeQueueUrl(RECONCILE_QUEUE)),
    readRandom: Math.random,
    readConfiguration: () => configuration,
    reportBatch: ({ failed, ...counts }) => {
      if (failed.length === 0) logger.info('batch', counts);
      else logger.warn('batch', { ...counts, failed });
    },
  },
  [
    // An event names people's files: no variable may have it logged.
    injectLambdaContext(logger, { logEvent: false }),
    createDeadlineMiddleware(deadline),
  ],
);

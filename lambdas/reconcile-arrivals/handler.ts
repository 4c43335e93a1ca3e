import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { ARRIVALS_QUEUE } from '../../mail/configuration/own-queues.ts';
import { functionEnvironmentSchema } from '../function-environment.ts';
import { wireBatchFunction } from '../wire-batch-function.ts';
import { createReconcileArrivalsHandler } from './create-handler.ts';

const { clients, writeQueueUrl, dependencies, middlewares } = wireBatchFunction(
  'reconcile-arrivals',
  functionEnvironmentSchema.parse(process.env),
);

/** The deployed function. */
export const handler = createReconcileArrivalsHandler(
  {
    ...dependencies,
    objects: createS3ObjectStore(clients.s3),
    arrivals: createSqsArrivalAnnouncer(clients.sqs, writeQueueUrl(ARRIVALS_QUEUE)),
  },
  middlewares,
);

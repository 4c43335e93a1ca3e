import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { ARRIVALS_QUEUE } from '../../mail/configuration/own-queues.ts';
import { wireBatchFunction } from '../wire-batch-function.ts';
import { createEnterDropsHandler } from './create-handler.ts';
import { enterDropsEnvironmentSchema } from './environment.ts';

const variables = enterDropsEnvironmentSchema.parse(process.env);
const { clients, writeQueueUrl, dependencies, middlewares } = wireBatchFunction(
  'enter-drops',
  variables,
);

/** The deployed function. */
export const handler = createEnterDropsHandler(
  {
    ...dependencies,
    objects: createS3ObjectStore(clients.s3),
    arrivals: createSqsArrivalAnnouncer(clients.sqs, writeQueueUrl(ARRIVALS_QUEUE)),
    dropBucket: variables.DROP_BUCKET,
  },
  middlewares,
);

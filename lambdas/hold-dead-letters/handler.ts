import { createDynamoDbQuarantineWriter } from '../../adapters/aws/dynamodb-quarantine.ts';
import { createSqsEventSender } from '../../adapters/aws/sqs-event-sender.ts';
import { createSqsQueueWriter } from '../../adapters/aws/sqs-queue-writer.ts';
import { functionEnvironmentSchema } from '../function-environment.ts';
import { wireBatchFunction } from '../wire-batch-function.ts';
import { createHoldDeadLettersHandler } from './create-handler.ts';

const { configuration, clients, rows, writeQueueUrl, queueUrlBase, dependencies, middlewares } =
  wireBatchFunction('hold-dead-letters', functionEnvironmentSchema.parse(process.env));

/** The deployed function. */
export const handler = createHoldDeadLettersHandler(
  {
    ...dependencies,
    events: createSqsEventSender(clients.sqs, { queueUrlBase, configuration }),
    quarantine: createDynamoDbQuarantineWriter(clients.dynamodb, rows),
    queues: createSqsQueueWriter(clients.sqs, writeQueueUrl),
  },
  middlewares,
);

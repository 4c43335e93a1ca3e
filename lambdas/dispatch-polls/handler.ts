import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { createDynamoDbMailboxStates } from '../../adapters/aws/dynamodb-mailbox-states.ts';
import { createFunctionClients } from '../../adapters/aws/function-clients.ts';
import { createInvocationDeadline } from '../../adapters/aws/invocation-deadline.ts';
import { createSqsEventSender } from '../../adapters/aws/sqs-event-sender.ts';
import { createSqsWakeUpSender } from '../../adapters/aws/sqs-wake-up-sender.ts';
import type { DispatchPollsConfiguration } from '../../mail/configuration/dispatch-polls-configuration.ts';
import { MAILBOX_LEASE_SECONDS, POLLS_QUEUE } from '../../mail/configuration/polls-queue.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import { functionEnvironmentSchema } from '../function-environment.ts';
import { createDeadlineMiddleware } from '../invocation-deadline-middleware.ts';
import { readCompanionFile } from '../read-companion-configuration.ts';
import { createDispatchPollsHandler } from './create-handler.ts';

const variables = functionEnvironmentSchema.parse(process.env);
// The file was made from a checked configuration when the stack was synthesized.
const configuration = readCompanionFile(variables) as DispatchPollsConfiguration;
const { environment, retention } = configuration;
const logger = new Logger({ serviceName: 'dispatch-polls' });
const deadline = createInvocationDeadline();
const { sqs, dynamodb } = createFunctionClients(deadline, {
  isPathStyle: variables.AWS_ENDPOINT_URL !== undefined,
});
const { QUEUE_URL_BASE: queueUrlBase } = variables;

/** The deployed function. */
export const handler = createDispatchPollsHandler(
  {
    wakeUps: createSqsWakeUpSender(
      sqs,
      `${queueUrlBase}${queueNames(environment, POLLS_QUEUE).name}`,
    ),
    states: createDynamoDbMailboxStates(dynamodb, {
      table: variables.TABLE_NAME,
      clock: systemClock,
      retentionDays: retention.rawDays,
      leaseSeconds: MAILBOX_LEASE_SECONDS,
    }),
    events: createSqsEventSender(sqs, { queueUrlBase, configuration }),
    clock: systemClock,
    readConfiguration: () => configuration,
    reportRun: (report) => {
      logger.info('dispatch', { ...report });
    },
  },
  [injectLambdaContext(logger, { logEvent: false }), createDeadlineMiddleware(deadline)],
);

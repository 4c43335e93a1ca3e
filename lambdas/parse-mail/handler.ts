import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { createDynamoDbLedger } from '../../adapters/aws/dynamodb-ledger.ts';
import { createDynamoDbQuarantineWriter } from '../../adapters/aws/dynamodb-quarantine.ts';
import { createFunctionClients } from '../../adapters/aws/function-clients.ts';
import { createInvocationDeadline } from '../../adapters/aws/invocation-deadline.ts';
import { createS3ClaimWriter } from '../../adapters/aws/s3-claim-writer.ts';
import { createS3RawMailReader } from '../../adapters/aws/s3-raw-mail-reader.ts';
import { createSqsEventSender } from '../../adapters/aws/sqs-event-sender.ts';
import { createSqsRetryDelayer } from '../../adapters/aws/sqs-retry-delayer.ts';
import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import { ARRIVALS_QUEUE, LEASE_SECONDS } from '../../mail/configuration/own-queues.ts';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import { createDeadlineMiddleware } from '../invocation-deadline-middleware.ts';
import { createParseMailHandler } from './create-handler.ts';
import { parseMailEnvironmentSchema } from './environment.ts';

const environment = parseMailEnvironmentSchema.parse(process.env);
// The file was made from a checked configuration when the stack was synthesized.
const configuration = JSON.parse(
  readFileSync(resolve(environment.LAMBDA_TASK_ROOT, environment.CONFIGURATION_FILE), 'utf8'),
) as ParseMailConfiguration;

const logger = new Logger({ serviceName: 'parse-mail' });
const deadline = createInvocationDeadline();
const { s3, sqs, dynamodb } = createFunctionClients(deadline, {
  isPathStyle: environment.AWS_ENDPOINT_URL !== undefined,
});
const arrivalsUrl = `${environment.QUEUE_URL_BASE}${queueNames(configuration.environment, ARRIVALS_QUEUE).name}`;

const rows = {
  table: environment.TABLE_NAME,
  clock: systemClock,
  retentionDays: configuration.retention.rawDays,
};

/** The deployed function. */
export const handler = createParseMailHandler(
  {
    rawMail: createS3RawMailReader(s3),
    claims: createS3ClaimWriter(s3, environment.MAIL_BUCKET),
    events: createSqsEventSender(sqs, {
      queueUrlBase: environment.QUEUE_URL_BASE,
      configuration,
    }),
    mime: createMailparserMimeParser(),
    mailBucket: environment.MAIL_BUCKET,
    ledger: createDynamoDbLedger(dynamodb, { ...rows, leaseSeconds: LEASE_SECONDS }),
    quarantine: createDynamoDbQuarantineWriter(dynamodb, rows),
    retries: createSqsRetryDelayer(sqs, arrivalsUrl),
    clock: systemClock,
    readRandom: Math.random,
    readConfiguration: () => configuration,
    reportBatch: ({ failed, ...counts }) => {
      if (failed.length === 0) logger.info('batch', counts);
      else logger.warn('batch', { ...counts, failed });
    },
  },
  [
    // An event holds addresses and subjects: no variable may have it logged.
    injectLambdaContext(logger, { logEvent: false }),
    createDeadlineMiddleware(deadline),
  ],
);

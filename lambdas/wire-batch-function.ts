import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { MiddlewareObj } from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import {
  createDynamoDbLedger,
  type DynamoDbLedgerOptions,
} from '../adapters/aws/dynamodb-ledger.ts';
import { createFunctionClients, type FunctionClients } from '../adapters/aws/function-clients.ts';
import {
  createInvocationDeadline,
  type InvocationDeadline,
} from '../adapters/aws/invocation-deadline.ts';
import { createSqsRetryDelayer } from '../adapters/aws/sqs-retry-delayer.ts';
import { LEASE_SECONDS } from '../mail/configuration/own-queues.ts';
import type { ParseMailConfiguration } from '../mail/configuration/parse-mail-configuration.ts';
import { queueNames } from '../mail/configuration/resource-names.ts';
import type { Ledger } from '../mail/ledger/ledger.ts';
import { type Clock, systemClock } from '../mail/ports/clock.ts';
import type { RetryDelayer } from '../mail/ports/ports.ts';
import type { FailedRecord } from './failed-record.ts';
import type { FunctionVariables } from './function-environment.ts';
import { createDeadlineMiddleware } from './invocation-deadline-middleware.ts';
import { readCompanionConfiguration } from './read-companion-configuration.ts';

/** What every function that reads a queue is made of. */
export interface BatchFunctionParts {
  readonly configuration: ParseMailConfiguration;
  readonly clients: FunctionClients;
  /** For clients that other functions need not load. */
  readonly deadline: InvocationDeadline;
  readonly logger: Logger;
  /** What everything that writes rows is made with. */
  readonly rows: Omit<DynamoDbLedgerOptions, 'leaseSeconds'>;
  /** What stands before a queue's name in its URL; ends with `/`. */
  readonly queueUrlBase: string;
  /** @param queue Its name in the configuration, or one of our own; a standard queue. */
  readonly writeQueueUrl: (queue: string) => string;
  /** What each handler wants of the world. */
  readonly dependencies: {
    readonly ledger: Ledger;
    readonly retries: RetryDelayer;
    readonly clock: Clock;
    readonly mailBucket: string;
    readonly readRandom: () => number;
    readonly readConfiguration: () => ParseMailConfiguration;
    /** Writes one log line. */
    readonly reportBatch: (report: { readonly failed: readonly FailedRecord[] }) => void;
  };
  readonly middlewares: readonly MiddlewareObj<SQSEvent, SQSBatchResponse>[];
}

/**
 * Wires a deployed function that reads a queue: its configuration, its clients under one deadline,
 * its log.
 *
 * @param name As its log lines call it: its folder below `lambdas/`.
 */
export function wireBatchFunction(name: string, variables: FunctionVariables): BatchFunctionParts {
  const configuration = readCompanionConfiguration(variables);
  const logger = new Logger({ serviceName: name });
  const deadline = createInvocationDeadline();
  const clients = createFunctionClients(deadline, {
    isPathStyle: variables.AWS_ENDPOINT_URL !== undefined,
  });
  const rows = {
    table: variables.TABLE_NAME,
    clock: systemClock,
    retentionDays: configuration.retention.rawDays,
  };
  return {
    configuration,
    clients,
    deadline,
    logger,
    rows,
    queueUrlBase: variables.QUEUE_URL_BASE,
    writeQueueUrl: (queue) =>
      `${variables.QUEUE_URL_BASE}${queueNames(configuration.environment, queue).name}`,
    dependencies: {
      ledger: createDynamoDbLedger(clients.dynamodb, { ...rows, leaseSeconds: LEASE_SECONDS }),
      retries: createSqsRetryDelayer(clients.sqs, variables.QUEUE_URL_BASE),
      clock: systemClock,
      mailBucket: variables.MAIL_BUCKET,
      readRandom: Math.random,
      readConfiguration: () => configuration,
      reportBatch: ({ failed, ...counts }) => {
        if (failed.length === 0) logger.info('batch', counts);
        else logger.warn('batch', { ...counts, failed });
      },
    },
    middlewares: [
      // An event holds addresses, subjects and names of files: no variable may have it logged.
      injectLambdaContext(logger, { logEvent: false }),
      createDeadlineMiddleware(deadline),
    ],
  };
}

import type { MiddlewareObj } from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import {
  DEAD_LETTER_QUEUES,
  DEAD_LETTERS_MAX_DELAY_SECONDS,
  type DeadLetterSource,
  findDeadLetterSource,
} from '../../mail/configuration/dead-letter-queues.ts';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { readQueueName } from '../../mail/configuration/resource-names.ts';
import { EventError } from '../../mail/errors.ts';
import {
  type BatchHandler,
  type BatchHandlerOptions,
  createBatchHandler,
} from '../create-batch-handler.ts';
import { readReceives } from '../failed-record.ts';
import { holdDeadLetter } from './hold-dead-letter.ts';
import type { HoldDeadLettersPorts, HoldOutcome } from './ports.ts';

export interface HoldDeadLettersDependencies
  extends
    HoldDeadLettersPorts,
    Omit<BatchHandlerOptions<HoldOutcome>, 'takeRecord' | 'countTries' | 'maxDelaySeconds'> {
  /** Asked at each record: the local run exchanges the configuration while it runs. */
  readonly readConfiguration: () => ParseMailConfiguration;
}

const findSource = (
  { eventSourceARN }: SQSRecord,
  { environment }: ParseMailConfiguration,
): DeadLetterSource | undefined => findDeadLetterSource(environment, readQueueName(eventSourceARN));

/**
 * Makes the hold-dead-letters function: nothing ends in a dead-letter queue of ours unseen. Each
 * message of one is quarantined, or brought to the queue that it never reached.
 *
 * What fails here stays in its queue, which has no other behind it, and comes back later each time,
 * up to eleven hours.
 */
export function createHoldDeadLettersHandler(
  dependencies: HoldDeadLettersDependencies,
  middlewares: readonly MiddlewareObj<SQSEvent, SQSBatchResponse>[] = [],
): BatchHandler {
  const { readConfiguration } = dependencies;
  return createBatchHandler<HoldOutcome>(
    {
      ...dependencies,
      maxDelaySeconds: DEAD_LETTERS_MAX_DELAY_SECONDS,
      countTries(record) {
        const source = findSource(record, readConfiguration());
        const before = source === undefined ? 0 : DEAD_LETTER_QUEUES[source].receivesBefore;
        return Math.max(1, readReceives(record) - before);
      },
      async takeRecord(record) {
        const configuration = readConfiguration();
        const source = findSource(record, configuration);
        if (source === undefined) {
          throw new EventError('event-not-ours', 'expected a dead-letter queue of ours');
        }
        return [await holdDeadLetter(record, source, dependencies, configuration)];
      },
    },
    middlewares,
  );
}

import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { DeadlineNearError } from '../mail/errors.ts';
import type { RetryDelayer } from '../mail/ports/ports.ts';
import {
  describeFailedRecord,
  type FailedRecord,
  MIN_TIME_FOR_A_RECORD_MS,
  readReceives,
} from './failed-record.ts';
import { type DelayPlan, planRecordDelay } from './plan-record-delay.ts';

/** What one invocation did: one log line. */
export interface RecordsReport<Outcome extends string> {
  readonly records: number;
  /** How often each outcome came about. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly failed: readonly FailedRecord[];
}

export interface BatchHandlerOptions<Outcome extends string> extends DelayPlan {
  /** Takes one record; it may come again after a failure, or without one. */
  readonly takeRecord: (record: SQSRecord) => Promise<readonly Outcome[]>;
  readonly retries: RetryDelayer;
  /** Which try a receive is, from 1. @default the queue's count */
  readonly countTries?: (record: SQSRecord) => number;
  /** @default nobody is told */
  readonly reportBatch?: (report: RecordsReport<Outcome>) => void;
}

export type BatchHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const countOutcomes = <Outcome extends string>(
  outcomes: readonly Outcome[],
): Partial<Record<Outcome, number>> => {
  const counts: Partial<Record<Outcome, number>> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};

/**
 * Makes a function that takes the records of a queue each by itself: one that fails is returned
 * alone and comes back after a delay that grows.
 */
export function createBatchHandler<Outcome extends string>(
  options: BatchHandlerOptions<Outcome>,
  middlewares: readonly MiddlewareObj<SQSEvent, SQSBatchResponse>[] = [],
): BatchHandler {
  const { takeRecord, retries, countTries = readReceives, reportBatch } = options;
  const handleBatch: BatchHandler = async (event, context) => {
    const outcomes: Outcome[] = [];
    const failed: FailedRecord[] = [];
    const tryRecord = async (record: SQSRecord): Promise<void> => {
      try {
        if (context.getRemainingTimeInMillis() < MIN_TIME_FOR_A_RECORD_MS) {
          throw new DeadlineNearError('the function ends before a record could be handled');
        }
        outcomes.push(...(await takeRecord(record)));
      } catch (error) {
        failed.push(describeFailedRecord(record, error));
        await retries.delayRetry(record, planRecordDelay(error, countTries(record), options));
        throw error;
      }
    };
    const response = await processPartialResponse(
      event,
      tryRecord,
      new BatchProcessor(EventType.SQS),
      { context, throwOnFullBatchFailure: false },
    );
    reportBatch?.({
      records: event.Records.length,
      outcomes: countOutcomes(outcomes),
      failed,
    });
    return response;
  };
  return middy<SQSEvent, SQSBatchResponse>(handleBatch).use([...middlewares]);
}

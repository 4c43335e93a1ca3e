import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import {
  ArrivalBusyError,
  DeadlineNearError,
  type ErrorFields,
  PostroomError,
} from '../../mail/errors.ts';
import { planRetry } from '../../mail/failure/plan-retry.ts';
import type { HandledMail, HandledMailObserver, RetryDelayer } from '../../mail/ports/ports.ts';
import { orderByAttempts } from './order-by-attempts.ts';
import {
  type ActiveRules,
  createActiveRules,
  receiveMail,
  type ReceiveMailPorts,
} from './receive-mail.ts';

/** LIMIT: a mail is not begun with less time than this; what was not begun goes back unharmed. */
const MIN_TIME_FOR_A_MAIL_MS = 15_000;

/** A record that goes back to the queue. Names no address, subject or content. */
export interface FailedRecord {
  readonly messageId: string;
  /** Which of its receives this was, from 1. */
  readonly receives: number;
  /** A code of `docs/errors.md`, or the name of an error that is not ours. */
  readonly code: string;
  readonly fields: ErrorFields;
}

/** What one invocation did: one log line. */
export interface BatchReport {
  readonly records: number;
  readonly events: number;
  /** Notifications of mail that was handled before. */
  readonly repeats: number;
  readonly failed: readonly FailedRecord[];
  /** Whether the counters of the hour could not be written; nothing else depends on them. */
  readonly isUncounted: boolean;
}

export interface ParseMailDependencies extends ReceiveMailPorts {
  /** Asked at each batch: the local run exchanges the configuration while it runs. */
  readonly readConfiguration: () => ParseMailConfiguration;
  readonly retries: RetryDelayer;
  /** From 0 to below 1; spreads retries. */
  readonly readRandom: () => number;
  /** @default nobody watches */
  readonly observe?: HandledMailObserver;
  /** @default nobody is told */
  readonly reportBatch?: (report: BatchReport) => void;
}

export type ParseMailHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const describeFailure = (record: SQSRecord, error: unknown): FailedRecord => ({
  messageId: record.messageId,
  receives: Number(record.attributes.ApproximateReceiveCount),
  code:
    error instanceof PostroomError ? error.code : error instanceof Error ? error.name : 'unknown',
  fields: error instanceof PostroomError ? error.fields : {},
});

/** Compiles rules when the configuration is another than the last time. */
function createRulesReader(readConfiguration: () => ParseMailConfiguration): () => ActiveRules {
  let known: { readonly from: ParseMailConfiguration; readonly rules: ActiveRules } | undefined;
  return () => {
    const from = readConfiguration();
    if (known?.from !== from) {
      known = { from, rules: createActiveRules(from) };
    }
    return known.rules;
  };
}

const readReceives = (record: SQSRecord): number =>
  Number(record.attributes.ApproximateReceiveCount);

/** What a batch has come to so far. */
interface Tally {
  readonly handled: HandledMail[];
  readonly failed: FailedRecord[];
  repeats: number;
}

/** Seconds until a record that failed comes back. */
function planDelay(
  error: unknown,
  record: SQSRecord,
  { clock, readRandom }: ParseMailDependencies,
): number {
  if (error instanceof DeadlineNearError) return 0;
  if (error instanceof ArrivalBusyError) {
    return Math.max(1, Math.ceil((error.leaseUntilMs - clock.now()) / 1000));
  }
  return planRetry(readReceives(record), readRandom());
}

/** Takes records one by one and keeps count of them. */
function createRecordHandler(
  dependencies: ParseMailDependencies,
  rules: ActiveRules,
  context: Context,
  tally: Tally,
): (record: SQSRecord) => Promise<void> {
  const { observe, retries } = dependencies;
  const handleRecord = async ({ body }: SQSRecord): Promise<void> => {
    if (context.getRemainingTimeInMillis() < MIN_TIME_FOR_A_MAIL_MS) {
      throw new DeadlineNearError('the function ends before a mail could be handled');
    }
    const received = await receiveMail(body, dependencies, rules);
    if (received.kind === 'repeat') tally.repeats += 1;
    if (received.kind !== 'handled') return;
    tally.handled.push(received.mail);
    observe?.(received.mail);
  };
  return async (record) => {
    try {
      await handleRecord(record);
    } catch (error) {
      tally.failed.push(describeFailure(record, error));
      await retries.delayRetry(record.receiptHandle, planDelay(error, record, dependencies));
      throw error;
    }
  };
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** Counts a batch in its hour; a counter that cannot be written is no reason to handle mail again. */
async function countBatch(
  { ledger }: ReceiveMailPorts,
  { handled, repeats, failed }: Tally,
): Promise<boolean> {
  const counts = {
    mails: handled.length,
    bytes: sum(handled.map(({ bytes }) => bytes)),
    events: sum(handled.map(({ sent }) => sent.length)),
    repeats: repeats + handled.filter((mail) => mail.repeats.length > 0).length,
    quarantined: 0,
    failures: failed.length,
  };
  try {
    await ledger.addCounts(counts);
    return true;
  } catch (error) {
    if (error instanceof PostroomError) return false;
    throw error;
  }
}

/**
 * Makes the parse-mail function: reads each mail of a batch from the arrivals queue, lets the rules
 * decide, hands the events to their queues.
 *
 * A record that fails is returned as failed and nothing else of its batch is. New records are taken
 * together. One that was received before may be what ended the last invocation, so these are taken
 * after the new ones, one at a time, those first that were tried least: a mail that kills the
 * process takes no other with it for long.
 */
export function createParseMailHandler(
  dependencies: ParseMailDependencies,
  middlewares: readonly MiddlewareObj<SQSEvent, SQSBatchResponse>[] = [],
): ParseMailHandler {
  const { readConfiguration, reportBatch, ledger, mailBucket } = dependencies;
  const readRules = createRulesReader(readConfiguration);

  const handleBatch: ParseMailHandler = async (event, context) => {
    const tally: Tally = { handled: [], failed: [], repeats: 0 };
    const handleRecord = createRecordHandler(dependencies, readRules(), context, tally);
    const take = (Records: SQSRecord[], processInParallel: boolean): Promise<SQSBatchResponse> =>
      processPartialResponse({ Records }, handleRecord, new BatchProcessor(EventType.SQS), {
        context,
        throwOnFullBatchFailure: false,
        processInParallel,
      });
    const isNew = (record: SQSRecord): boolean => readReceives(record) <= 1;
    const received = Map.groupBy(event.Records, isNew);
    const first = await take(received.get(true) ?? [], true);
    const again = await orderByAttempts(received.get(false) ?? [], ledger, mailBucket);
    const then = await take(again, false);
    const isCounted = await countBatch(dependencies, tally);
    reportBatch?.({
      records: event.Records.length,
      events: sum(tally.handled.map(({ sent }) => sent.length)),
      repeats: tally.repeats,
      failed: tally.failed,
      isUncounted: !isCounted,
    });
    return { batchItemFailures: [...first.batchItemFailures, ...then.batchItemFailures] };
  };

  return middy<SQSEvent, SQSBatchResponse>(handleBatch).use([...middlewares]);
}

import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { PostroomError } from '../../mail/errors.ts';
import { type FailedRecord, readReceives } from '../failed-record.ts';
import { orderByAttempts } from './order-by-attempts.ts';
import { type ActiveRules, createActiveRules, type ReceiveMailPorts } from './ports.ts';
import { createRecordHandler, type RecordDependencies, type Tally } from './take-record.ts';

/** What one invocation did: one log line. */
export interface BatchReport {
  readonly records: number;
  readonly events: number;
  /** Notifications of mail that was handled before. */
  readonly repeats: number;
  /** Messages that announce no mail of ours, now in quarantine. */
  readonly heldMessages: number;
  readonly failed: readonly FailedRecord[];
  /** Whether the counters of the hour may lack this batch; nothing else depends on them. */
  readonly isUncounted: boolean;
}

/** What parse-mail is made of. */
export interface ParseMailDependencies extends RecordDependencies {
  /** Asked at each batch: the local run exchanges the configuration while it runs. */
  readonly readConfiguration: () => ParseMailConfiguration;
  /** @default nobody is told */
  readonly reportBatch?: (report: BatchReport) => void;
}

export type ParseMailHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

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

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** Counts a batch in its hour; a counter that cannot be written is no reason to handle mail again. */
async function countBatch(
  { ledger }: ReceiveMailPorts,
  { handled, repeats, heldMessages, failed }: Tally,
): Promise<boolean> {
  const counts = {
    mails: handled.length,
    bytes: sum(handled.map(({ bytes }) => bytes)),
    events: sum(handled.map(({ sent }) => sent.length)),
    repeats: repeats + handled.filter((mail) => mail.repeats.length > 0).length,
    quarantined: heldMessages + handled.filter(({ quarantined }) => quarantined.length > 0).length,
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
    const tally: Tally = { handled: [], failed: [], repeats: 0, heldMessages: 0 };
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
      heldMessages: tally.heldMessages,
      failed: tally.failed,
      isUncounted: !isCounted,
    });
    return { batchItemFailures: [...first.batchItemFailures, ...then.batchItemFailures] };
  };

  return middy<SQSEvent, SQSBatchResponse>(handleBatch).use([...middlewares]);
}

import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { type ErrorFields, PostroomError } from '../../mail/errors.ts';
import type { HandledMailObserver } from '../../mail/ports/ports.ts';
import { compileRules } from '../../mail/rules/compile-rules.ts';
import { type ActiveRules, receiveMail, type ReceiveMailPorts } from './receive-mail.ts';

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
  readonly failed: readonly FailedRecord[];
}

export interface ParseMailDependencies extends ReceiveMailPorts {
  /** Asked at each batch: the local run exchanges the configuration while it runs. */
  readonly readConfiguration: () => ParseMailConfiguration;
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
      known = { from, rules: { compiled: compileRules(from), limits: from.limits } };
    }
    return known.rules;
  };
}

/**
 * Makes the parse-mail function: reads each mail of a batch from the arrivals queue, lets the rules
 * decide, hands the events to their queues.
 *
 * A record that fails is returned as failed and nothing else of its batch is.
 */
export function createParseMailHandler(
  dependencies: ParseMailDependencies,
  middlewares: readonly MiddlewareObj<SQSEvent, SQSBatchResponse>[] = [],
): ParseMailHandler {
  const { readConfiguration, observe, reportBatch, ...ports } = dependencies;
  const readRules = createRulesReader(readConfiguration);

  const handleBatch: ParseMailHandler = async (event, context) => {
    const rules = readRules();
    const failed: FailedRecord[] = [];
    let events = 0;
    const handleRecord = async (record: SQSRecord): Promise<void> => {
      try {
        const handled = await receiveMail(record.body, ports, rules);
        events += handled?.sent.length ?? 0;
        if (handled !== undefined) observe?.(handled);
      } catch (error) {
        failed.push(describeFailure(record, error));
        throw error;
      }
    };
    const response = await processPartialResponse(
      event,
      handleRecord,
      new BatchProcessor(EventType.SQS),
      { context, throwOnFullBatchFailure: false },
    );
    reportBatch?.({ records: event.Records.length, events, failed });
    return response;
  };

  return middy<SQSEvent, SQSBatchResponse>(handleBatch).use([...middlewares]);
}

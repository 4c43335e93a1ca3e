import type { Context, SQSRecord } from 'aws-lambda';
import { ARRIVALS_QUEUE } from '../../mail/configuration/own-queues.ts';
import { DeadlineNearError, describeError } from '../../mail/errors.ts';
import { classifyFailure } from '../../mail/failure/classify-failure.ts';
import { readErrorCode } from '../../mail/failure/read-error-code.ts';
import type { HandledMail, HandledMailObserver, RetryDelayer } from '../../mail/ports/ports.ts';
import { readStackFrames } from '../../mail/quarantine/quarantine.ts';
import {
  describeFailedRecord,
  type FailedRecord,
  MIN_TIME_FOR_A_RECORD_MS,
  readReceives,
} from '../failed-record.ts';
import { planRecordDelay } from '../plan-record-delay.ts';
import { quarantineMessage } from '../quarantine-message.ts';
import type { ActiveRules, ReceiveMailPorts } from './ports.ts';
import { receiveMail } from './receive-mail.ts';

/** What handling a record needs of the world. */
export interface RecordDependencies extends ReceiveMailPorts {
  readonly retries: RetryDelayer;
  /** From 0 to below 1; spreads retries. */
  readonly readRandom: () => number;
  /** @default nobody watches */
  readonly observe?: HandledMailObserver;
}

/** What a batch has come to so far. */
export interface Tally {
  readonly handled: HandledMail[];
  readonly failed: FailedRecord[];
  repeats: number;
  heldMessages: number;
}

/** Takes records one by one and keeps count of them. */
export function createRecordHandler(
  dependencies: RecordDependencies,
  rules: ActiveRules,
  context: Context,
  tally: Tally,
): (record: SQSRecord) => Promise<void> {
  const { observe, retries } = dependencies;
  const handleRecord = async (record: SQSRecord): Promise<void> => {
    if (context.getRemainingTimeInMillis() < MIN_TIME_FOR_A_RECORD_MS) {
      throw new DeadlineNearError('the function ends before a mail could be handled');
    }
    const received = await receiveMail(record.body, dependencies, rules, readReceives(record));
    if (received.kind === 'repeat') tally.repeats += 1;
    if (received.kind !== 'handled') return;
    tally.handled.push(received.mail);
    observe?.(received.mail);
  };
  const handleOrHold = async (record: SQSRecord): Promise<void> => {
    try {
      await handleRecord(record);
    } catch (error) {
      if (classifyFailure(error) === 'temporary') throw error;
      // What has an arrival was quarantined as that; this announces none.
      const failure = { code: readErrorCode(error), stack: readStackFrames(error) };
      const reason = describeError(error);
      const held = { record, ...failure, reason, queue: ARRIVALS_QUEUE };
      await quarantineMessage(held, dependencies, rules);
      tally.heldMessages += 1;
    }
  };
  return async (record) => {
    try {
      await handleOrHold(record);
    } catch (error) {
      tally.failed.push(describeFailedRecord(record, error));
      const delay = planRecordDelay(error, readReceives(record), dependencies);
      await retries.delayRetry(record, delay);
      throw error;
    }
  };
}

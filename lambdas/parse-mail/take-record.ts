import type { Context, SQSRecord } from 'aws-lambda';
import { ArrivalBusyError, DeadlineNearError, describeError } from '../../mail/errors.ts';
import { classifyFailure } from '../../mail/failure/classify-failure.ts';
import { planRetry } from '../../mail/failure/plan-retry.ts';
import { readErrorCode } from '../../mail/failure/read-error-code.ts';
import type { HandledMail, HandledMailObserver, RetryDelayer } from '../../mail/ports/ports.ts';
import { readStackFrames } from '../../mail/quarantine/quarantine.ts';
import {
  describeFailedRecord,
  type FailedRecord,
  MIN_TIME_FOR_A_RECORD_MS,
  readReceives,
} from '../failed-record.ts';
import type { ActiveRules, ReceiveMailPorts } from './ports.ts';
import { quarantineMessage } from './quarantine-mail.ts';
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

/** Keeps a message that announces no mail of ours as evidence. */
const holdMessage = (
  record: SQSRecord,
  error: unknown,
  { quarantine }: RecordDependencies,
): Promise<void> =>
  quarantineMessage(
    {
      messageId: record.messageId,
      sentAt: new Date(Number(record.attributes.SentTimestamp)).toISOString(),
      body: record.body,
      receives: readReceives(record),
    },
    { code: readErrorCode(error), stack: readStackFrames(error), reason: describeError(error) },
    quarantine,
  );

/** Seconds until a record that failed comes back. */
function planDelay(
  error: unknown,
  record: SQSRecord,
  { clock, readRandom }: RecordDependencies,
): number {
  if (error instanceof DeadlineNearError) return 0;
  if (error instanceof ArrivalBusyError) {
    return Math.max(1, Math.ceil((error.leaseUntilMs - clock.now()) / 1000));
  }
  return planRetry(readReceives(record), readRandom());
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
      await holdMessage(record, error, dependencies);
      tally.heldMessages += 1;
    }
  };
  return async (record) => {
    try {
      await handleOrHold(record);
    } catch (error) {
      tally.failed.push(describeFailedRecord(record, error));
      await retries.delayRetry(record, planDelay(error, record, dependencies));
      throw error;
    }
  };
}

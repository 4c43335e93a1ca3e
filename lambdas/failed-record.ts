import type { SQSRecord } from 'aws-lambda';
import { type ErrorFields, PostroomError } from '../mail/errors.ts';
import { readErrorCode } from '../mail/failure/read-error-code.ts';

/** LIMIT: a record is not begun with less time than this; what was not begun goes back unharmed. */
export const MIN_TIME_FOR_A_RECORD_MS = 15_000;

/** A record that goes back to its queue. Names no address, subject, key or content. */
export interface FailedRecord {
  readonly messageId: string;
  /** Which of its receives this was, from 1. */
  readonly receives: number;
  /** A code of `docs/errors.md`, or the name of an error that is not ours. */
  readonly code: string;
  readonly fields: ErrorFields;
}

/** Which receive of the queue this is, from 1. */
export const readReceives = ({ attributes }: SQSRecord): number =>
  Number(attributes.ApproximateReceiveCount);

/** What is told of a record that failed. */
export const describeFailedRecord = (record: SQSRecord, error: unknown): FailedRecord => ({
  messageId: record.messageId,
  receives: readReceives(record),
  code: readErrorCode(error),
  fields: error instanceof PostroomError ? error.fields : {},
});

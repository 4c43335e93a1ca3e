import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../emulators/embedded-aws.ts';
import { createContext } from './lambda-context.ts';
import { waitBeforeNextTry } from './wait-before-next-try.ts';

/** Records that Lambda hands to a function at once, as deployed. */
const BATCH_SIZE = 10;
/** How long one question to the queue waits for a message, the longest that SQS takes. */
const WAIT_SECONDS = 20;
/** What the deployed function may take. */
const FUNCTION_TIMEOUT_MS = 60_000;

export interface PollArrivalsOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueName: string;
  /** Records that the function gets at once. @default 10 */
  readonly batchSize?: number;
  /** What the function may take, in milliseconds. @default 60000 */
  readonly timeoutMs?: number;
  readonly handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
  /** Told what came, before the handler is. */
  readonly onBatch?: (records: readonly SQSRecord[]) => void;
  /** Told that the queue itself did not answer; the next question follows. */
  readonly onTrouble: (error: unknown) => void;
}

/** A running poller. */
export interface ArrivalsPoller {
  /** Ends when the batch that is under way has been handled. */
  stop(): Promise<void>;
}

const toRecord = (message: Message, queueName: string): SQSRecord => ({
  messageId: message.MessageId ?? '',
  receiptHandle: message.ReceiptHandle ?? '',
  body: message.Body ?? '',
  attributes: {
    ApproximateReceiveCount: message.Attributes?.ApproximateReceiveCount ?? '1',
    SentTimestamp: message.Attributes?.SentTimestamp ?? '0',
    SenderId: message.Attributes?.SenderId ?? '',
    ApproximateFirstReceiveTimestamp: message.Attributes?.ApproximateFirstReceiveTimestamp ?? '0',
  },
  messageAttributes: {},
  md5OfBody: message.MD5OfBody ?? '',
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${queueName}`,
  awsRegion: LOCAL_REGION,
});

async function receiveRecords(
  { sqs, queueUrl, queueName, batchSize = BATCH_SIZE }: PollArrivalsOptions,
  abortSignal: AbortSignal,
): Promise<readonly SQSRecord[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: WAIT_SECONDS,
      MessageSystemAttributeNames: ['All'],
    }),
    { abortSignal },
  );
  return Messages.map((message) => toRecord(message, queueName));
}

const toEntries = (records: readonly SQSRecord[]) =>
  records.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }));

/** Hands a batch to the function, as Lambda does: what it does not name as failed is deleted. */
async function handleBatch(
  { sqs, queueUrl, handler, timeoutMs = FUNCTION_TIMEOUT_MS }: PollArrivalsOptions,
  records: readonly SQSRecord[],
): Promise<void> {
  const { batchItemFailures } = await handler({ Records: [...records] }, createContext(timeoutMs));
  const failedIds = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const done = records.filter(({ messageId }) => !failedIds.has(messageId));
  if (done.length > 0) {
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: toEntries(done) }));
  }
}

/**
 * Reads the arrivals queue and invokes the function, as Lambda's event source for SQS does: batches
 * of up to ten, one after the other, failed records returned one by one.
 *
 * When a failed record comes back is the function's own affair.
 *
 * What the function throws counts as the failure of its whole batch, which comes back when its
 * visibility ends.
 */
export function startArrivalsPoller(options: PollArrivalsOptions): ArrivalsPoller {
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const poll = async (): Promise<void> => {
    while (!isStopping()) {
      try {
        const records = await receiveRecords(options, stopping.signal);
        if (records.length === 0) continue;
        options.onBatch?.(records);
        await handleBatch(options, records);
      } catch (error) {
        if (isStopping()) return;
        options.onTrouble(error);
        await waitBeforeNextTry(stopping.signal);
      }
    }
  };
  const polling = poll();
  return {
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}

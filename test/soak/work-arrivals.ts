import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { arrivalsQueueNames } from '../../local/queues/plan-queues.ts';
import type { FunctionPool } from '../kill/function-pool.ts';
import type { MailWorld } from '../kill/mail-world.ts';
import { createSqsEvent } from '../support/sqs-event.ts';

/** More than a lease: what a process that died held is free for the next. */
const AFTER_A_FAILURE_MS = 400_000;

export interface WorkOptions {
  readonly pool: FunctionPool;
  /** Told after each batch. */
  readonly onBatch: (end: 'answered' | 'threw' | 'died') => Promise<void> | void;
  /** Whether all mail has been sent: an empty queue then ends the work. */
  readonly isAllSent: () => boolean;
}

const readReceives = ({ Attributes }: Message): number =>
  Number(Attributes?.ApproximateReceiveCount ?? '1');

function toEvent(messages: readonly Message[]): SQSEvent {
  const { Records } = createSqsEvent(...messages.map(({ Body }) => Body ?? ''));
  for (const [index, record] of Records.entries()) {
    const message = messages[index];
    record.messageId = message?.MessageId ?? '';
    record.receiptHandle = message?.ReceiptHandle ?? '';
    record.attributes.ApproximateReceiveCount =
      message === undefined ? '1' : String(readReceives(message));
  }
  return { Records };
}

/**
 * Plays Lambda's event source with one process of the function until the arrivals queue stays
 * empty. Failed records come back at once, and the function's clock goes on by what the wait would
 * have taken.
 */
export async function workArrivals(
  { emulators: { clients, queueUrlBase }, configuration, clock }: MailWorld,
  { pool, onBatch, isAllSent }: WorkOptions,
): Promise<void> {
  const { sqs } = clients;
  const QueueUrl = `${queueUrlBase}${arrivalsQueueNames(configuration.environment).name}`;
  const settle = async (messages: readonly Message[], failed: ReadonlySet<string>) => {
    const entries = messages.map(({ MessageId = '', ReceiptHandle }) => ({
      Id: MessageId,
      ReceiptHandle,
    }));
    const done = entries.filter(({ Id }) => !failed.has(Id));
    const back = entries
      .filter(({ Id }) => failed.has(Id))
      .map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    if (done.length > 0) {
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: done }));
    }
    if (back.length > 0) {
      await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: back }));
    }
  };
  const takeBatch = async (messages: readonly Message[]): Promise<void> => {
    const running = await pool.read();
    if (messages.some((message) => readReceives(message) > 1)) clock.offsetMs += AFTER_A_FAILURE_MS;
    running.setClock(clock.offsetMs);
    const end = await running.invoke(toEvent(messages));
    const failures =
      end.kind === 'answered'
        ? end.response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
        : messages.map(({ MessageId = '' }) => MessageId);
    await settle(messages, new Set(failures));
    await onBatch(end.kind);
  };
  for (;;) {
    // Asked before the queue is: what is sent in between is seen.
    const isLast = isAllSent();
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length > 0) await takeBatch(Messages);
    else if (isLast) return;
  }
}

import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { arrivalsQueueNames } from '../../local/queues/plan-queues.ts';
import { createSqsEvent } from '../support/sqs-event.ts';
import type { FunctionProcess } from './function-process.ts';
import type { MailWorld } from './mail-world.ts';

/** LIMIT: a queue that is not empty after so many invocations never will be. */
const MAX_INVOCATIONS = 40;
/** More than a lease, the longest retry and the queue's visibility, so that nothing is waited for. */
const BETWEEN_INVOCATIONS_MS = 400_000;

export interface DrainOptions {
  /** Gives the process for the next invocation: another one when the last has died. */
  readonly readFunction: () => Promise<FunctionProcess>;
  /** @default 10 */
  readonly batchSize?: number;
  /** Told when a process has died in an invocation, before the next begins. */
  readonly onDeath?: () => Promise<void>;
  /** How far the clock goes on before each invocation. @default 400 s */
  readonly passMs?: () => number;
}

const toEvent = (sqsName: string, messages: readonly Message[]): SQSEvent => {
  const { Records } = createSqsEvent(...messages.map(({ Body }) => Body ?? ''));
  return {
    Records: Records.map((record, index) => ({
      ...record,
      messageId: messages[index]?.MessageId ?? '',
      receiptHandle: messages[index]?.ReceiptHandle ?? '',
      eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${sqsName}`,
      attributes: {
        ...record.attributes,
        ApproximateReceiveCount: messages[index]?.Attributes?.ApproximateReceiveCount ?? '1',
      },
    })),
  };
};

/**
 * Plays Lambda's event source on a queue until nothing is left in it: batches, records that come
 * back, the dead-letter queue after the queue's receives. A record that failed comes back at once,
 * and the clock of the function goes on by what the wait would have taken.
 *
 * @returns How many invocations it took.
 */
export async function playEventSource(
  { emulators: { clients, queueUrlBase }, clock }: MailWorld,
  sqsName: string,
  { readFunction, batchSize = 10, onDeath, passMs = () => BETWEEN_INVOCATIONS_MS }: DrainOptions,
): Promise<number> {
  const QueueUrl = `${queueUrlBase}${sqsName}`;
  const receive = async (): Promise<readonly Message[]> => {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: batchSize,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  };
  const settle = async (messages: readonly Message[], failed: ReadonlySet<string>) => {
    const toEntry = ({ MessageId, ReceiptHandle }: Message) => ({ Id: MessageId, ReceiptHandle });
    const isFailed = ({ MessageId = '' }: Message): boolean => failed.has(MessageId);
    const done = messages.filter((message) => !isFailed(message)).map(toEntry);
    const back = messages
      .filter(isFailed)
      .map((one) => ({ ...toEntry(one), VisibilityTimeout: 0 }));
    if (done.length > 0) {
      await clients.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: done }));
    }
    if (back.length > 0) {
      await clients.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: back }));
    }
  };
  for (let invocations = 0; invocations < MAX_INVOCATIONS; invocations += 1) {
    const messages = await receive();
    if (messages.length === 0) return invocations;
    const running = await readFunction();
    clock.offsetMs += passMs();
    running.setClock(clock.offsetMs);
    const end = await running.invoke(toEvent(sqsName, messages));
    if (end.kind === 'died') await onDeath?.();
    const failures = end.kind === 'answered' ? end.response.batchItemFailures : undefined;
    const failedIds = failures?.map(({ itemIdentifier }) => itemIdentifier);
    await settle(messages, new Set(failedIds ?? messages.map(({ MessageId = '' }) => MessageId)));
  }
  throw new Error(`${sqsName} is not empty after ${MAX_INVOCATIONS} invocations`);
}

/** The same for the arrivals queue. */
export const drainArrivals = (world: MailWorld, options: DrainOptions): Promise<number> =>
  playEventSource(world, arrivalsQueueNames(world.configuration.environment).name, options);

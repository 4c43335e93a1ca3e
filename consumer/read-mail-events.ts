import type { HandledEvents } from './handled-events.ts';
import type { MailEvent } from './mail-event.ts';
import { openMailEvent } from './open-mail-event.ts';
import type { MailStore } from './open-mail-object.ts';
import {
  deleteMessage,
  type QueueMessage,
  type QueueReader,
  receiveMessages,
} from './receive-messages.ts';

/** A message that was not handled. It comes back when its visibility timeout ends. */
export interface FailedMessage {
  readonly messageId: string;
  /** How often it was received; after the queue's `maxReceives` it goes to its dead-letter queue. */
  readonly receives: number;
  /** What `handleEvent` threw, or a `ConsumerError`, or an error of the AWS SDK. */
  readonly error: unknown;
}

/** How events are read. */
export interface MailEventReader extends QueueReader, MailStore {
  /** Does your work. When it resolves the message is deleted; when it throws, it comes back. */
  readonly handleEvent: (event: MailEvent) => Promise<void>;
  /** Is told of each failure; the next message is read all the same. Must not throw. */
  readonly onFailure: (failed: FailedMessage) => void;
  /** Drops repeats. @default none are dropped: your work must bear them */
  readonly handledEvents?: HandledEvents;
}

/** How many messages ended how. */
export interface ReadingReport {
  readonly handled: number;
  /** Were handled before, and only deleted. */
  readonly repeats: number;
  readonly failed: number;
}

type Ending = keyof ReadingReport;

async function handleMessage(
  reader: MailEventReader,
  message: QueueMessage,
): Promise<Exclude<Ending, 'failed'>> {
  const { handleEvent, handledEvents } = reader;
  const event = await openMailEvent(message.body, reader);
  const isRepeat = (await handledEvents?.wasHandled(event.eventId)) ?? false;
  if (!isRepeat) {
    await handleEvent(event);
    await handledEvents?.markHandled(event.eventId);
  }
  await deleteMessage(reader, message);
  return isRepeat ? 'repeats' : 'handled';
}

async function settleMessage(reader: MailEventReader, message: QueueMessage): Promise<Ending> {
  try {
    return await handleMessage(reader, message);
  } catch (error) {
    const { messageId, receives } = message;
    reader.onFailure({ messageId, receives, error });
    return 'failed';
  }
}

/** What must not be handled before a failed message is: its FIFO group, or the message alone. */
const readLane = ({ groupId, messageId }: QueueMessage): string => groupId ?? messageId;

/**
 * Reads a queue of Postroom: opens claim checks, checks each event by the published contract, drops
 * repeats, gives the rest to `handleEvent` one after another, and deletes what was handled.
 *
 * Nothing is deleted that was not handled. In a FIFO queue what stands behind a failed message in its
 * group waits for it. Until a queue is empty, a message that failed is not tried again. Ten messages
 * are received at a time: the queue's visibility timeout must last for ten calls of `handleEvent`.
 *
 * @returns When nothing is left to try, or the signal has fired. What is under way is ended first,
 *   what was received beside it comes back.
 * @throws What the AWS SDK throws when the queue itself cannot be read.
 */
export async function readMailEvents(reader: MailEventReader): Promise<ReadingReport> {
  const { until } = reader;
  const report = { handled: 0, repeats: 0, failed: 0 };
  const stuckLanes = new Set<string>();
  const isStuck = (message: QueueMessage): boolean => stuckLanes.has(readLane(message));
  for await (const messages of receiveMessages(reader)) {
    if (until === 'empty' && messages.every(isStuck)) break;
    for (const message of messages) {
      if (until !== 'empty' && until.aborted) break;
      if (isStuck(message)) continue;
      const ending = await settleMessage(reader, message);
      report[ending] += 1;
      if (ending === 'failed') stuckLanes.add(readLane(message));
    }
    if (until !== 'empty') stuckLanes.clear();
  }
  return report;
}

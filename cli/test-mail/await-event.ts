import type { QueueBrowser, ReceivedMessage } from '../../adapters/aws/sqs-queue-browser.ts';
import { type MailReceived, mailReceivedSchema } from '../../mail/contracts/mail-received.ts';

/** A queue that is watched for one event. */
export interface WatchedQueue {
  readonly url: string;
  /** Receives after which SQS takes a message for dead. */
  readonly maxReceives: number | undefined;
}

/** How the watch ended. */
export type WatchOutcome =
  | { readonly kind: 'arrived'; readonly event: MailReceived }
  | { readonly kind: 'timed-out' }
  /** Somebody else's message came so often that receiving on would send it to the dead. */
  | { readonly kind: 'stopped'; readonly receives: number };

export interface WatchOptions {
  readonly isOurs: (event: MailReceived) => boolean;
  readonly timeoutMs: number;
  readonly readNowMs: () => number;
  /** Waits; other people's messages come back at once, and each receive counts. */
  readonly pause: (ms: number) => Promise<void>;
}

/** A message of ours stays hidden this long, should the process die before it deletes it. */
const VISIBILITY_SECONDS = 10;
const LONG_POLL_SECONDS = 5;
const PAUSE_MS = 3_000;
/** Receives that are left to the consumers of a message that is not ours. */
const RECEIVES_LEFT = 3;

function parseEvent({ body }: ReceivedMessage): MailReceived | undefined {
  try {
    return mailReceivedSchema.safeParse(JSON.parse(body)).data;
  } catch {
    // Whatever else is in the queue is not ours to judge.
    return undefined;
  }
}

/** Deletes ours, gives back the rest, and says what it found. */
async function sortMessages(
  browser: QueueBrowser,
  { url }: WatchedQueue,
  messages: readonly ReceivedMessage[],
  isOurs: WatchOptions['isOurs'],
): Promise<{ readonly event: MailReceived | undefined; readonly strangerReceives: number }> {
  let event: MailReceived | undefined;
  let strangerReceives = 0;
  for (const message of messages) {
    const found = parseEvent(message);
    if (found !== undefined && isOurs(found)) {
      event = found;
      await browser.deleteMessage(url, message.receiptHandle);
    } else {
      strangerReceives = Math.max(strangerReceives, message.receives);
      await browser.giveBackMessage(url, message.receiptHandle);
    }
  }
  return { event, strangerReceives };
}

/**
 * Watches a queue until an event is there, takes that one and leaves the others.
 *
 * @throws {PeerUnavailableError}
 */
export async function awaitEvent(
  browser: QueueBrowser,
  queue: WatchedQueue,
  { isOurs, timeoutMs, readNowMs, pause }: WatchOptions,
): Promise<WatchOutcome> {
  const deadlineMs = readNowMs() + timeoutMs;
  while (readNowMs() < deadlineMs) {
    const messages = await browser.receiveMessages(queue.url, {
      limit: 10,
      visibilitySeconds: VISIBILITY_SECONDS,
      waitSeconds: Math.min(LONG_POLL_SECONDS, Math.ceil((deadlineMs - readNowMs()) / 1000)),
    });
    const { event, strangerReceives } = await sortMessages(browser, queue, messages, isOurs);
    if (event !== undefined) return { kind: 'arrived', event };
    if (queue.maxReceives !== undefined && strangerReceives > queue.maxReceives - RECEIVES_LEFT) {
      return { kind: 'stopped', receives: strangerReceives };
    }
    if (messages.length > 0) await pause(PAUSE_MS);
  }
  return { kind: 'timed-out' };
}

import * as z from 'zod';
import { PeerUnavailableError } from '../mail/errors.ts';
import type { LocalEndpoints } from './endpoints.ts';

/** A queue of the local run, as seen from beside it. */
export interface LocalQueue {
  /** The SQS name: `postroom-dev-support`. */
  readonly name: string;
  /** Messages that a consumer would get now. */
  readonly ready: number;
  /** Messages that a consumer has taken and not deleted. */
  readonly inFlight: number;
  readonly delayed: number;
}

/** A message that stays where it is. */
export interface PeekedMessage {
  readonly messageId: string;
  readonly body: string;
  /** How often it was taken before. */
  readonly receives: number;
  readonly sentAt: Date;
  readonly state: 'ready' | 'in-flight' | 'delayed';
}

const queueListSchema = z.array(
  z.object({
    name: z.string(),
    approximateMessageCount: z.number(),
    approximateInflightCount: z.number(),
    approximateDelayedCount: z.number(),
  }),
);

const messageSchema = z.object({
  messageId: z.string(),
  body: z.string(),
  approximateReceiveCount: z.number(),
  sentTimestamp: z.number(),
});
const inspectionSchema = z.object({
  messages: z.object({
    ready: z.array(messageSchema),
    delayed: z.array(messageSchema),
    inflight: z.array(z.object({ message: messageSchema })),
  }),
});

/** The emulator's own window, which looks without taking; AWS has none like it. */
async function inspect({ awsEndpoint }: Pick<LocalEndpoints, 'awsEndpoint'>, path: string) {
  const url = new URL(`/_fauxqs/queues${path}`, awsEndpoint);
  try {
    return await fetch(url, { headers: { connection: 'close' } });
  } catch (error) {
    throw new PeerUnavailableError(`the local run does not answer at ${awsEndpoint}`, {
      cause: error,
    });
  }
}

/**
 * Every queue with its depth, by name.
 *
 * @throws {PeerUnavailableError} When the local run does not answer.
 */
export async function listLocalQueues(
  endpoints: Pick<LocalEndpoints, 'awsEndpoint'>,
): Promise<readonly LocalQueue[]> {
  const response = await inspect(endpoints, '');
  return queueListSchema.parse(await response.json()).map((queue) => ({
    name: queue.name,
    ready: queue.approximateMessageCount,
    inFlight: queue.approximateInflightCount,
    delayed: queue.approximateDelayedCount,
  }));
}

/**
 * The messages in a queue, without taking them: their receive counts and their visibility stay.
 *
 * @param name The SQS name.
 * @returns undefined when there is no such queue.
 * @throws {PeerUnavailableError} When the local run does not answer.
 */
export async function peekLocalQueue(
  endpoints: Pick<LocalEndpoints, 'awsEndpoint'>,
  name: string,
): Promise<readonly PeekedMessage[] | undefined> {
  const response = await inspect(endpoints, `/${encodeURIComponent(name)}`);
  if (response.status === 404) return undefined;
  const { messages } = inspectionSchema.parse(await response.json());
  const toPeeked =
    (state: PeekedMessage['state']) =>
    (message: z.output<typeof messageSchema>): PeekedMessage => ({
      messageId: message.messageId,
      body: message.body,
      receives: message.approximateReceiveCount,
      sentAt: new Date(message.sentTimestamp),
      state,
    });
  return [
    ...messages.ready.map(toPeeked('ready')),
    ...messages.inflight.map(({ message }) => message).map(toPeeked('in-flight')),
    ...messages.delayed.map(toPeeked('delayed')),
  ];
}

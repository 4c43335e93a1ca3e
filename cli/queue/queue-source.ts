import type { QueueNames } from '../../mail/configuration/resource-names.ts';

/** How much a queue and its dead-letter queue hold. */
export interface QueueDepth {
  /** The name in the configuration, or one of Postroom's own: `arrivals`, `quarantine`. */
  readonly queue: string;
  readonly ready: number;
  readonly inFlight: number;
  readonly dead: number;
}

/** A message in a queue, looked at and left there. */
export interface WaitingMessage {
  readonly body: string;
  /** How often it was received, by whomever. */
  readonly receives: number;
  readonly sentAtMs: number;
}

export interface LookOptions {
  /** Look into the dead-letter queue. */
  readonly isDead: boolean;
  readonly limit: number;
}

/** What a look at a queue showed. */
export interface QueueLook {
  readonly messages: readonly WaitingMessage[];
  /** What the person who looks must know, a line each. */
  readonly notes: readonly string[];
}

/** The queues of an environment, on this machine or deployed. */
export interface QueueSource {
  /** Queues that do not exist are undefined members: what is deployed may be older than the file. */
  readDepths(): Promise<ReadonlyMap<string, QueueDepth | undefined>>;
  /** @throws {CommandError} When the queue cannot be looked at. */
  lookIntoQueue(queue: string, options: LookOptions): Promise<QueueLook>;
}

/** Messages in a queue, as SQS counts them. */
interface MessageCounts {
  readonly ready: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const NONE: MessageCounts = { ready: 0, inFlight: 0, delayed: 0 };

/** Joins the counts of a queue and its dead-letter queue; undefined when there is no such queue. */
export function joinDepth(
  queue: string,
  { name, deadLetterName }: QueueNames,
  readCounts: (name: string) => MessageCounts | undefined,
): QueueDepth | undefined {
  const own = readCounts(name);
  if (own === undefined) return undefined;
  const dead = readCounts(deadLetterName) ?? NONE;
  const living = name === deadLetterName ? NONE : own;
  return {
    queue,
    ready: living.ready + living.delayed,
    inFlight: living.inFlight,
    dead: dead.ready + dead.delayed + dead.inFlight,
  };
}

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

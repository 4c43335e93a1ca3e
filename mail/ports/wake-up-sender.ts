import type { PollRequest } from '../contracts/poll-request.ts';

/** A wake-up, and how long the queue holds it back. */
export interface WakeUp {
  readonly request: PollRequest;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

/** Puts wake-ups into the polls queue. */
export interface WakeUpSender {
  /**
   * @param wakeUps Ten at the most.
   * @throws {PeerUnavailableError} After which some may have been sent.
   */
  sendWakeUps(wakeUps: readonly WakeUp[]): Promise<void>;
}

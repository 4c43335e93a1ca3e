import { ArrivalBusyError, DeadlineNearError } from '../mail/errors.ts';
import { planRetry } from '../mail/failure/plan-retry.ts';
import type { Clock } from '../mail/ports/clock.ts';

/** What a delay is planned by. */
export interface DelayPlan {
  readonly clock: Clock;
  /** From 0 to below 1; spreads retries. */
  readonly readRandom: () => number;
  /** See `planRetry`. */
  readonly maxDelaySeconds?: number;
}

/**
 * Seconds until a record that failed comes back: at once where it was not begun, at the end of the
 * lease where another invocation has its arrival, else later each time.
 *
 * @param tries Which try has failed, from 1.
 */
export function planRecordDelay(
  error: unknown,
  tries: number,
  { clock, readRandom, maxDelaySeconds }: DelayPlan,
): number {
  if (error instanceof DeadlineNearError) return 0;
  if (error instanceof ArrivalBusyError) {
    return Math.max(1, Math.ceil((error.leaseUntilMs - clock.now()) / 1000));
  }
  return planRetry(tries, readRandom(), maxDelaySeconds);
}

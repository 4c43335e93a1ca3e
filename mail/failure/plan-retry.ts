/** Seconds before the first retry. */
const FIRST_DELAY_SECONDS = 2;
/** Seconds that a retry waits at the most, where nothing else is said. */
const MAX_DELAY_SECONDS = 300;

/**
 * How long a record waits before its next receive: doubled each time from 2 s up to a bound, with a
 * quarter of jitter, so that what failed together does not return together.
 *
 * @param receives Which receive has failed, from 1.
 * @param random From 0 to below 1.
 * @param maxDelaySeconds The bound. @default 5 min
 * @returns Seconds, 2 to the bound.
 */
export function planRetry(
  receives: number,
  random: number,
  maxDelaySeconds = MAX_DELAY_SECONDS,
): number {
  const delay = Math.min(maxDelaySeconds, FIRST_DELAY_SECONDS * 2 ** Math.max(0, receives - 1));
  const jittered = Math.round(delay * (0.875 + random * 0.25));
  return Math.min(maxDelaySeconds, Math.max(FIRST_DELAY_SECONDS, jittered));
}

/** Seconds before the first retry. */
const FIRST_DELAY_SECONDS = 2;
/** Seconds that a retry waits at the most. */
const MAX_DELAY_SECONDS = 300;

/**
 * How long a record waits before its next receive: doubled each time from 2 s up to 5 min, with a
 * quarter of jitter, so that what failed together does not return together.
 *
 * @param receives Which receive has failed, from 1.
 * @param random From 0 to below 1.
 * @returns Seconds, 2 to 300.
 */
export function planRetry(receives: number, random: number): number {
  const delay = Math.min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** Math.max(0, receives - 1));
  const jittered = Math.round(delay * (0.875 + random * 0.25));
  return Math.min(MAX_DELAY_SECONDS, Math.max(FIRST_DELAY_SECONDS, jittered));
}

import type { MailboxState } from './mailbox-state.ts';

/** What a mailbox promises. */
export interface Freshness {
  readonly freshnessMinutes: number;
}

/**
 * Whether somebody has to be told that a mailbox was not polled with success for as long as its
 * freshness objective allows: once for each time that it falls silent.
 */
export function isStaleUntold(
  { begunAtMs, lastSuccessAtMs, staleToldAtMs }: MailboxState,
  { freshnessMinutes }: Freshness,
  nowMs: number,
): boolean {
  const freshMs = Math.max(lastSuccessAtMs, begunAtMs);
  return nowMs - freshMs > freshnessMinutes * 60_000 && staleToldAtMs <= freshMs;
}

import type { PollBudget } from './mailbox-state.ts';

/** What a provider gives. */
export interface ProviderBudget {
  /** Bytes that may be fetched in a day; undefined where nobody counts. */
  readonly bytesPerDay: number | undefined;
  /** The least time between two logins, in minutes. */
  readonly minutesBetweenLogins: number;
}

/** LIMIT: the share of a provider's limit that polling takes; people read their mail too. */
const SHARE = 0.8;

/** The budget of a day; what another day has used is gone. */
export function readBudget(budget: PollBudget, nowMs: number): PollBudget {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return budget.day === day ? budget : { day, bytes: 0, sessions: 0 };
}

/** Bytes that may still be fetched this day; `Infinity` where nobody counts. */
export const readBytesLeft = ({ bytes }: PollBudget, { bytesPerDay }: ProviderBudget): number =>
  bytesPerDay === undefined ? Infinity : Math.max(0, Math.floor(bytesPerDay * SHARE) - bytes);

/** Adds to what a day has used. */
export const spendBudget = (
  budget: PollBudget,
  { bytes = 0, sessions = 0 }: Partial<Pick<PollBudget, 'bytes' | 'sessions'>>,
): PollBudget => ({
  day: budget.day,
  bytes: budget.bytes + bytes,
  sessions: budget.sessions + sessions,
});

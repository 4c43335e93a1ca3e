import type { MailboxState, PauseReason } from './mailbox-state.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How a poll ended, as far as the next one is concerned. */
export type PollEnd =
  /** With what it could not do, though the rest was done. */
  | { readonly kind: 'polled'; readonly isMore: boolean; readonly code: string | undefined }
  | {
      readonly kind: 'failed';
      readonly code: string;
      /** What a server asks for, in milliseconds. */
      readonly retryAfterMs: number | undefined;
    }
  /** What the provider gives in a day is used up. */
  | { readonly kind: 'spent' };

/** What planning needs beside the state. */
export interface DueFacts {
  readonly intervalMinutes: number;
  /** The least time that the provider wants between two logins. */
  readonly minutesBetweenLogins: number;
  /** When the poll began. */
  readonly begunAtMs: number;
  readonly nowMs: number;
  /** From 0 to below 1. */
  readonly random: number;
}

/** What a poll changes of the state. */
export type NextPoll = Pick<
  MailboxState,
  'dueAtMs' | 'lastPolledAtMs' | 'lastSuccessAtMs' | 'failures' | 'failureCode' | 'pauseReason'
>;

/** Intervals that grow from the first to the last, doubled each time. */
interface Growth {
  readonly reason: PauseReason;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** A credential that was refused is not hammered: accounts are locked for less. */
const CREDENTIAL: Growth = { reason: 'credential', firstMs: 15 * MINUTE_MS, lastMs: 24 * HOUR_MS };

const CREDENTIAL_CODES: readonly string[] = ['peer-authentication', 'credential-missing'];

/** Whether a person has to do something about the credential. */
export const isCredentialCode = (code: string | undefined): boolean =>
  code !== undefined && CREDENTIAL_CODES.includes(code);

function chooseGrowth(code: string, intervalMs: number): Growth {
  if (isCredentialCode(code)) return CREDENTIAL;
  const reason = code === 'peer-throttled' ? 'throttled' : 'failing';
  // An hour at the most: a server that is back should not wait for a day to be asked.
  return { reason, firstMs: intervalMs, lastMs: Math.max(intervalMs, HOUR_MS) };
}

/** Spread by an eighth to both sides: what failed together does not come back together. */
const spread = (ms: number, random: number): number => Math.round(ms * (0.875 + random * 0.25));

function planFailed(
  { failures, lastSuccessAtMs, failureCode }: MailboxState,
  { code, retryAfterMs = 0 }: Extract<PollEnd, { kind: 'failed' }>,
  { intervalMinutes, minutesBetweenLogins, nowMs, random }: DueFacts,
): NextPoll {
  const leastMs = Math.max(intervalMinutes, minutesBetweenLogins) * MINUTE_MS;
  const { reason, firstMs, lastMs } = chooseGrowth(code, leastMs);
  // A credential's refusals count from the first of them, not from the failures before.
  const isNewKind = isCredentialCode(code) !== isCredentialCode(failureCode);
  const before = isNewKind ? 0 : failures;
  const grown = Math.min(lastMs, firstMs * 2 ** Math.min(before, 20));
  const waitMs = Math.max(spread(grown, random), Math.min(retryAfterMs, 24 * HOUR_MS));
  return {
    dueAtMs: nowMs + waitMs,
    lastPolledAtMs: nowMs,
    lastSuccessAtMs,
    failures: before + 1,
    failureCode: code,
    pauseReason: reason,
  };
}

/** The start of the next day in UTC, spread over its first quarter of an hour. */
function planTomorrow(nowMs: number, random: number): number {
  const day = 24 * HOUR_MS;
  return (Math.floor(nowMs / day) + 1) * day + Math.round(random * 15 * MINUTE_MS);
}

/**
 * Half an interval after the poll began: wake-ups come an interval apart, give or take what schedule
 * and queue are late, and one that comes too early by a second would be a round lost. Before half
 * of it, it is the same wake-up once more.
 */
const planRhythm = ({ intervalMinutes, minutesBetweenLogins, begunAtMs }: DueFacts): number =>
  begunAtMs + Math.max(intervalMinutes / 2, minutesBetweenLogins) * MINUTE_MS;

/**
 * Decides when a mailbox is polled next, and what is remembered of how this poll went.
 *
 * A mailbox that was polled is due for the next wake-up. Failures wait for the interval, then twice that, up to an hour; a refused credential for 15
 * minutes up to a day; a server that says how long is left alone for that long.
 */
export function planNextPoll(state: MailboxState, end: PollEnd, facts: DueFacts): NextPoll {
  const { nowMs, random } = facts;
  if (end.kind === 'failed') return planFailed(state, end, facts);
  const success = { lastPolledAtMs: nowMs, lastSuccessAtMs: nowMs, failures: 0 };
  if (end.kind === 'spent') {
    const dueAtMs = planTomorrow(nowMs, random);
    return { ...success, dueAtMs, failureCode: undefined, pauseReason: 'budget' };
  }
  return {
    ...success,
    dueAtMs: end.isMore ? nowMs : planRhythm(facts),
    failureCode: end.code,
    pauseReason: undefined,
  };
}

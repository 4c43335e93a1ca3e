import { ClaimLostError } from '../../mail/errors.ts';
import { isStaleUntold } from '../../mail/polling/is-stale.ts';
import { isCredentialCode, planNextPoll, type PollEnd } from '../../mail/polling/plan-due.ts';
import { describeFault } from './describe-fault.ts';
import type { PollRun } from './poll-run.ts';
import type { PollFault, PollReport } from './ports.ts';
import { tellMailboxEvent } from './tell-mailbox-event.ts';
import { tellStale, toIso } from './tell-stale.ts';

/** Tells that a person must mend the credential: once, when it begins to be refused. */
async function tellReauth({ mailbox, ports, state }: PollRun, code: string): Promise<void> {
  if (code !== 'peer-authentication' && code !== 'credential-missing') return;
  if (isCredentialCode(state.failureCode)) return;
  const { lastSuccessAtMs } = state;
  const told = { code, lastSuccessAt: toIso(lastSuccessAtMs) } as const;
  const occasion = String(lastSuccessAtMs);
  await tellMailboxEvent(mailbox, { type: 'mailbox.reauth-required', occasion, told }, ports);
}

/** Tells that the mailbox is stale: once for each time that it falls silent. */
async function tellIfStale({ mailbox, ports, state }: PollRun, failureCode: string): Promise<void> {
  if (!isStaleUntold(state, mailbox, ports.clock.now())) return;
  await tellStale(mailbox, { ...state, failureCode }, ports);
}

/** Tells what has to be told of a failure. @returns Whether that was done. */
async function tellFailure(run: PollRun, end: PollEnd): Promise<boolean> {
  if (end.kind !== 'failed') return true;
  try {
    await tellReauth(run, end.code);
    await tellIfStale(run, end.code);
    return true;
  } catch (error) {
    run.fault ??= describeFault(error);
    return false;
  }
}

/** Writes the row for the last time. @returns What kept it from that. */
async function release({ ports, claim, state }: PollRun): Promise<unknown> {
  try {
    await ports.states.releaseMailbox(claim, state);
    return undefined;
  } catch (error) {
    return error;
  }
}

const OUTCOMES = { polled: 'polled', failed: 'failed', spent: 'over-budget' } as const;

/**
 * Ends a poll: tells what a person must know, plans the next, gives the mailbox back. Where the row
 * cannot be written, its lease ends by itself.
 */
export async function finishPoll(run: PollRun, end: PollEnd): Promise<PollReport> {
  const { mailbox, ports, budget, counts, begunMs } = run;
  const { failureCode } = run.state;
  const isTold = await tellFailure(run, end);
  const nowMs = ports.clock.now();
  const next = planNextPoll(run.state, end, {
    intervalMinutes: mailbox.intervalMinutes,
    minutesBetweenLogins: budget.minutesBetweenLogins,
    begunAtMs: begunMs,
    nowMs,
    random: ports.readRandom(),
  });
  // What was not told counts as not having happened, so that the next poll tells it.
  run.state = { ...run.state, ...next, ...(isTold ? {} : { failureCode }) };
  const fault = await release(run);
  return {
    mailbox: mailbox.name,
    outcome: fault instanceof ClaimLostError ? 'claim-lost' : OUTCOMES[end.kind],
    isMore: end.kind === 'polled' && end.isMore,
    fault: readFault(run, fault),
    dueAtMs: fault === undefined ? run.state.dueAtMs : null,
    tookMs: nowMs - begunMs,
    ...counts,
  };
}

const readFault = ({ fault }: PollRun, error: unknown): PollFault | null =>
  error === undefined ? (fault ?? null) : describeFault(error);

import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { PROVIDERS } from '../../mail/configuration/providers.ts';
import { ClaimLostError, PeerThrottledError } from '../../mail/errors.ts';
import type { MailboxClaimResult } from '../../mail/polling/mailbox-state.ts';
import type { PollEnd } from '../../mail/polling/plan-due.ts';
import { type ProviderBudget, readBudget, readBytesLeft } from '../../mail/polling/plan-budget.ts';
import { FINISH_TIME_MS } from '../../mail/polling/poll-limits.ts';
import { describeFault } from './describe-fault.ts';
import { finishPoll } from './finish-poll.ts';
import { openMailbox } from './open-mailbox.ts';
import { listPaths, pollFolders } from './poll-folders.ts';
import { createCounts, type OpenRun, type PollRun } from './poll-run.ts';
import type { PollOptions, PollPorts, PollReport } from './ports.ts';

function readProviderBudget({ provider, protocol }: MailboxConfiguration): ProviderBudget {
  const limits = provider === undefined ? {} : PROVIDERS[provider].limits[protocol];
  return {
    bytesPerDay: limits.bytesPerDay?.value,
    minutesBetweenLogins: limits.minutesBetweenLogins?.value ?? 0,
  };
}

/** A report of a poll that was not made. */
const createIdleReport = (
  { name }: MailboxConfiguration,
  told: Pick<PollReport, 'outcome'> & Partial<PollReport>,
): PollReport => ({
  mailbox: name,
  isMore: false,
  fault: null,
  dueAtMs: null,
  tookMs: 0,
  ...createCounts(),
  ...told,
});

type Claimed = Extract<MailboxClaimResult, { kind: 'claimed' }>;

async function createRun(
  mailbox: MailboxConfiguration,
  ports: PollPorts,
  options: PollOptions,
  { claim, state }: Claimed,
): Promise<PollRun> {
  const nowMs = ports.clock.now();
  return {
    mailbox,
    ports,
    options,
    claim,
    // A row that was lost leaves the mails that are known.
    isFirst: claim.epoch === 1 && !(await ports.states.hasKnown(mailbox.name)),
    budget: readProviderBudget(mailbox),
    // Nobody else has the mailbox while this poll still calls.
    deadlineAtMs: Math.min(options.deadlineAtMs, claim.leaseUntilMs - FINISH_TIME_MS),
    begunMs: nowMs,
    state: { ...state, budget: readBudget(state.budget, nowMs) },
    counts: createCounts(),
    stop: undefined,
    fault: undefined,
  };
}

/** Polls with a session, from its opening to its end. */
async function pollWithin(run: PollRun, signal: AbortSignal): Promise<PollEnd> {
  if (readBytesLeft(run.state.budget, run.budget) === 0) return { kind: 'spent' };
  const session = await openMailbox(run, signal);
  try {
    const paths = await listPaths(run, session);
    const open: OpenRun = Object.assign(run, { session, signal, isSpread: paths.length > 1 });
    await pollFolders(open, paths);
    await session.close();
  } finally {
    session.abort();
  }
  if (run.stop === 'budget') return { kind: 'spent' };
  return { kind: 'polled', isMore: run.stop !== undefined, code: run.fault?.code };
}

/** Polls, and says how it ended, whatever happens. */
async function endPoll(run: PollRun): Promise<PollEnd> {
  const controller = new AbortController();
  const leftMs = run.deadlineAtMs - FINISH_TIME_MS - run.ports.clock.now();
  const timer = setTimeout(
    () => {
      controller.abort();
    },
    Math.max(0, leftMs),
  );
  try {
    return await pollWithin(run, controller.signal);
  } catch (error) {
    run.fault = describeFault(error);
    // Cut off for want of time: what was done is done, and the rest is next.
    if (controller.signal.aborted && run.counts.mails > 0) {
      return { kind: 'polled', isMore: true, code: 'deadline-near' };
    }
    const retryAfterMs = error instanceof PeerThrottledError ? error.retryAfterMs : undefined;
    return { kind: 'failed', code: run.fault.code, retryAfterMs };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Polls a mailbox once: what is new in it comes in, and what is safe is flagged, moved or deleted as
 * the mailbox wants it.
 *
 * For each batch of mails the order is: their bytes into S3, word of them into the arrivals queue,
 * the rows that know them, the cursor under the claim's epoch, and only then the change in the
 * mailbox. A crash between two of these lets the next poll do work again, and loses nothing.
 *
 * Never throws: what failed stands in the report, and in the mailbox's row with the time of the
 * next poll.
 */
export async function pollMailbox(
  mailbox: MailboxConfiguration,
  ports: PollPorts,
  options: PollOptions,
): Promise<PollReport> {
  try {
    const when = options.isForced === true ? 'now' : 'due';
    const claimed = await ports.states.claimMailbox(mailbox.name, when);
    if (claimed.kind === 'busy') return createIdleReport(mailbox, { outcome: 'busy' });
    if (claimed.kind === 'not-due') {
      return createIdleReport(mailbox, { outcome: 'not-due', dueAtMs: claimed.dueAtMs });
    }
    const run = await createRun(mailbox, ports, options, claimed);
    return await finishPoll(run, await endPoll(run));
  } catch (error) {
    const outcome = error instanceof ClaimLostError ? 'claim-lost' : 'failed';
    return createIdleReport(mailbox, { outcome, fault: describeFault(error) });
  }
}

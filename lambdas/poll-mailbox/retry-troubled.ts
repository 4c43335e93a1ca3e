import { MailboxError } from '../../mail/errors.ts';
import type { TroubledMail } from '../../mail/polling/mailbox-state.ts';
import { spendBudget } from '../../mail/polling/plan-budget.ts';
import { MAX_ATTEMPTS } from '../../mail/polling/poll-limits.ts';
import type { ListedMail, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { changePending, owePending } from './change-pending.ts';
import { hasTime, isOfFolder, type OpenRun, saveRun } from './poll-run.ts';
import { quarantineUnfetched } from './quarantine-unfetched.ts';
import { takeBatch, type TakenBatch } from './take-batch.ts';

const toListed = ({ id, bytes, serverId, receivedAtMs }: TroubledMail): ListedMail => ({
  id,
  bytes,
  serverId,
  receivedAtMs,
});

/** Puts another in the place of a mail in trouble; undefined takes it out. */
function replaceTroubled(run: OpenRun, trouble: TroubledMail, next: TroubledMail | undefined) {
  const troubled = run.state.troubled.flatMap((one) => (one === trouble ? (next ?? []) : [one]));
  run.state = { ...run.state, troubled };
}

/** Takes note of how a new try went. */
function noteTry(run: OpenRun, opened: OpenedFolder, trouble: TroubledMail, taken: TakenBatch) {
  const [stored] = taken.stored;
  const [failed] = taken.troubled;
  if (failed !== undefined) {
    const attempts = trouble.attempts + failed.attempts;
    const next = { ...trouble, attempts, code: failed.code };
    replaceTroubled(run, trouble, next);
    run.counts.troubled += 1;
    return;
  }
  if (taken.settled === 0) return;
  replaceTroubled(run, trouble, undefined);
  if (stored === undefined) {
    run.counts.gone += 1;
    return;
  }
  run.counts.mails += 1;
  run.counts.bytes += stored.bytes;
  const { bytes } = stored;
  run.state = { ...run.state, budget: spendBudget(run.state.budget, { bytes }) };
  owePending(run, opened, [trouble.id]);
}

async function retryOne(run: OpenRun, opened: OpenedFolder, trouble: TroubledMail): Promise<void> {
  // It makes room for itself: the row need not hold it twice.
  const others = run.state.troubled.filter((one) => one !== trouble);
  const tried = { ...run, state: { ...run.state, troubled: others } };
  const taken = await takeBatch(tried, opened, [toListed(trouble)]);
  noteTry(run, opened, trouble, taken);
  await saveRun(run);
  await changePending(run, opened);
  if (taken.failure !== undefined) throw taken.failure.error;
}

/** The folder, opened; undefined when it is gone. */
async function openAgain(run: OpenRun, path: string): Promise<OpenedFolder | undefined> {
  try {
    return await run.session.openFolder(path);
  } catch (error) {
    if (error instanceof MailboxError) return undefined;
    throw error;
  }
}

/** Mails of a folder that was numbered anew are found by other means, and those of one that is gone not at all. */
function dropLost(run: OpenRun, path: string, opened: OpenedFolder | undefined): void {
  const troubled = run.state.troubled.filter(
    (one) => one.folder !== path || (opened !== undefined && isOfFolder(one, opened)),
  );
  run.state = { ...run.state, troubled };
}

async function settleOne(run: OpenRun, opened: OpenedFolder, trouble: TroubledMail): Promise<void> {
  if (trouble.attempts < MAX_ATTEMPTS) {
    await retryOne(run, opened, trouble);
    return;
  }
  await quarantineUnfetched(run, opened, trouble);
  replaceTroubled(run, trouble, undefined);
  run.counts.quarantined += 1;
  await saveRun(run);
}

/** Mails whose attempts are used up, of those that were in trouble just now. */
const listHopeless = (run: OpenRun): readonly TroubledMail[] =>
  run.state.troubled.filter(({ attempts }) => attempts >= MAX_ATTEMPTS);

/**
 * Tries mails once more that earlier polls could not fetch or store, one by one; those that failed
 * for the third time go into quarantine and are passed over.
 *
 * @param troubled Those of the state that earlier polls left.
 * @throws {ClaimLostError | PeerUnavailableError | PeerProtocolError} What was settled before is saved.
 */
export async function retryTroubled(
  run: OpenRun,
  troubled: readonly TroubledMail[],
): Promise<void> {
  const folders = Map.groupBy(troubled, ({ folder }) => folder);
  for (const [path, ofFolder] of folders) {
    const opened = await openAgain(run, path);
    dropLost(run, path, opened);
    for (const trouble of ofFolder) {
      if (opened === undefined || !run.state.troubled.includes(trouble)) continue;
      if (!hasTime(run)) return;
      await settleOne(run, opened, trouble);
    }
    if (opened === undefined) continue;
    for (const hopeless of listHopeless(run).filter((one) => isOfFolder(one, opened))) {
      await settleOne(run, opened, hopeless);
    }
  }
}

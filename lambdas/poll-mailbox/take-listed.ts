import type { TroubledMail } from '../../mail/polling/mailbox-state.ts';
import { planBatches } from '../../mail/polling/plan-batches.ts';
import { readBytesLeft, spendBudget } from '../../mail/polling/plan-budget.ts';
import { MAX_LOOKED_AT } from '../../mail/polling/poll-limits.ts';
import type { ListedMail, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { changePending, owePending } from './change-pending.ts';
import { type Choice, chooseMails, type ChoosingFolder } from './choose-mails.ts';
import { hasTime, type OpenRun, readRoom, saveRun } from './poll-run.ts';
import { takeBatch, type TakenBatch, type TroubledNow } from './take-batch.ts';

/** A mail that is done with, and what became of it. */
export interface SettledMail {
  readonly mail: ListedMail;
  readonly choice: Choice;
  /** Whether its bytes are in S3, from now or from before. */
  readonly isSafe: boolean;
}

/** How a folder remembers how far it is: by a cursor, or by a list. */
export interface FolderWalk extends ChoosingFolder {
  /** Notes that these mails are done with, in the order in which they were listed. */
  advance(settled: readonly SettledMail[]): void;
  /** Writes what does not stand in the row, before the row is written. */
  persist(): Promise<void>;
}

const toTroubled = (
  { path: folder, generation }: OpenedFolder,
  { mail, code, attempts }: TroubledNow,
): TroubledMail => ({
  folder,
  generation,
  id: mail.id,
  bytes: mail.bytes,
  ...(mail.serverId === undefined ? {} : { serverId: mail.serverId }),
  ...(mail.receivedAtMs === undefined ? {} : { receivedAtMs: mail.receivedAtMs }),
  attempts,
  code,
});

/** The row remembers mails in trouble, so that the cursor may pass them. */
function noteTroubled(run: OpenRun, opened: OpenedFolder, troubled: readonly TroubledNow[]): void {
  const noted = troubled.map((one) => toTroubled(opened, one));
  run.counts.troubled += noted.length;
  run.state = { ...run.state, troubled: [...run.state.troubled, ...noted] };
}

const COUNTERS = {
  old: 'passedOver',
  met: 'known',
  safe: 'known',
  oversize: 'oversize',
  unwanted: 'unwanted',
} as const;

/** Counts what was not fetched; what was, its batch counts. */
function countSettled({ counts }: OpenRun, settled: readonly SettledMail[]): void {
  for (const { choice } of settled) if (choice !== 'wanted') counts[COUNTERS[choice]] += 1;
}

/** Listed mails, and what is known of them so far. */
interface Passage {
  readonly run: OpenRun;
  readonly walk: FolderWalk;
  readonly choices: ReadonlyMap<string, Choice>;
}

/** Passes mails that are settled: counts them, owes their change, moves on. */
function pass({ run, walk, choices }: Passage, mails: readonly ListedMail[], batch?: TakenBatch) {
  const stored = new Set(batch?.stored.map(({ mail }) => mail.id));
  const settled = mails.map((mail): SettledMail => {
    const choice = choices.get(mail.id) ?? 'wanted';
    const isSafe = stored.has(mail.id) || choice === 'safe' || choice === 'met';
    return { mail, choice, isSafe };
  });
  countSettled(run, settled);
  const owed = settled.filter(({ isSafe, choice }) => isSafe && choice !== 'met');
  owePending(
    run,
    walk.opened,
    owed.map(({ mail }) => mail.id),
  );
  walk.advance(settled);
}

function countBatch(run: OpenRun, { stored, gone }: TakenBatch): void {
  const bytes = stored.reduce((sum, one) => sum + one.bytes, 0);
  run.counts.mails += stored.length;
  run.counts.bytes += bytes;
  run.counts.gone += gone;
  run.state = { ...run.state, budget: spendBudget(run.state.budget, { bytes }) };
}

/** Settles one batch: safe first, then the cursor under the claim, then the change in the mailbox. */
async function settleBatch(
  passage: Passage,
  batch: readonly ListedMail[],
  before: readonly ListedMail[],
): Promise<void> {
  const { run, walk } = passage;
  const bytes = batch.reduce((sum, mail) => sum + mail.bytes, 0);
  run.options.observe?.({ kind: 'batch', mails: batch.length, bytes });
  const taken = await takeBatch(run, walk.opened, batch);
  noteTroubled(run, walk.opened, taken.troubled);
  countBatch(run, taken);
  const last = batch[taken.settled - 1];
  if (last !== undefined) {
    pass(passage, before.slice(0, before.indexOf(last) + 1), taken);
    await walk.persist();
    await saveRun(run);
    await changePending(run, walk.opened);
  }
  if (taken.failure !== undefined) throw taken.failure.error;
}

/** Says why a poll ends before the last mail. */
function stopForRoom(run: OpenRun): void {
  const isSpent = readBytesLeft(run.state.budget, run.budget) <= readRoom(run).bytes;
  run.stop = isSpent && run.budget.bytesPerDay !== undefined ? 'budget' : 'room';
}

/** Takes a few listed mails. @returns Whether all of them are settled. */
async function takeSome(
  run: OpenRun,
  walk: FolderWalk,
  mails: readonly ListedMail[],
): Promise<boolean> {
  const choices = await chooseMails(run, walk, mails);
  const passage: Passage = { run, walk, choices };
  const wanted = mails.filter(({ id }) => choices.get(id) === 'wanted');
  const isNothingTaken = run.counts.mails === 0 && run.counts.troubled === 0;
  const { batches, left } = planBatches(wanted, readRoom(run), isNothingTaken);
  let rest = mails;
  for (const batch of batches) {
    if (!hasTime(run)) {
      run.stop = 'time';
      return false;
    }
    await settleBatch(passage, batch, rest);
    const last = batch.at(-1);
    if (last !== undefined) rest = rest.slice(rest.indexOf(last) + 1);
  }
  if (left > 0) {
    stopForRoom(run);
    return false;
  }
  pass(passage, rest);
  return true;
}

/**
 * Takes listed mails of a folder, a few at a time, as far as there is room and time.
 *
 * @param mails In their order.
 * @returns Whether all of them are settled; else `run.stop` says why.
 * @throws {ClaimLostError | PeerUnavailableError | PeerProtocolError} What was settled before is saved.
 */
export async function takeListed(
  run: OpenRun,
  walk: FolderWalk,
  mails: readonly ListedMail[],
): Promise<boolean> {
  for (let at = 0; at < mails.length; at += MAX_LOOKED_AT) {
    if (!hasTime(run)) {
      run.stop = 'time';
      return false;
    }
    if (!(await takeSome(run, walk, mails.slice(at, at + MAX_LOOKED_AT)))) return false;
  }
  return true;
}

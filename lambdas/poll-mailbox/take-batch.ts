import { createArrivalNotice } from '../../mail/contracts/create-arrival-notice.ts';
import { PeerUnavailableError, PostroomError } from '../../mail/errors.ts';
import { MAX_ATTEMPTS, MAX_TROUBLED_MAILS } from '../../mail/polling/poll-limits.ts';
import type { ListedMail, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import type { OpenRun } from './poll-run.ts';
import {
  readOutcomeCode,
  type StoredMail,
  storeMails,
  type StoreOutcome,
  type StoreResult,
} from './store-mails.ts';

/** A mail that could not be fetched or stored this time. */
export interface TroubledNow {
  readonly mail: ListedMail;
  readonly code: string;
  /** How many of its attempts this used up. */
  readonly attempts: number;
}

/** What came of a batch. */
export interface TakenBatch {
  /** Safe: stored, announced and recorded. */
  readonly stored: readonly StoredMail[];
  readonly gone: number;
  readonly troubled: readonly TroubledNow[];
  /** How many mails from the first on are settled, one way or another. */
  readonly settled: number;
  /** What ended the batch early; what is settled still counts. */
  readonly failure: { readonly error: unknown } | undefined;
}

/** LIMIT: arrivals in one request to SQS. */
const MAX_NOTICES = 10;
/** With more mails of one batch that S3 does not take, the fault is S3's and not theirs. */
const MAX_UNSTORED = 2;

/** Tells the arrivals queue, then the ledger, then what knows the mailbox's mails. */
async function announce({ ports, mailbox }: OpenRun, stored: readonly StoredMail[]): Promise<void> {
  for (let at = 0; at < stored.length; at += MAX_NOTICES) {
    const some = stored.slice(at, at + MAX_NOTICES);
    await ports.arrivals.announceArrivals(some.map(({ arrived }) => createArrivalNotice(arrived)));
    await Promise.all(some.map(({ arrived }) => ports.ledger.recordSeen(arrived)));
  }
  const known = stored.map(({ fingerprint, arrived }) => ({
    fingerprint,
    arrivalId: arrived.arrival.arrivalId,
  }));
  if (known.length > 0) await ports.states.recordKnown(mailbox.name, known);
}

/** The mail at which fetching broke off is what broke it, as far as one can see from here. */
function blameFirstMissing(
  mails: readonly ListedMail[],
  { outcomes, failure }: StoreResult,
  isOurs: boolean,
): ReadonlyMap<string, StoreOutcome> {
  const first = mails.find(({ id }) => !outcomes.has(id));
  if (first === undefined || isOurs) return outcomes;
  const error = failure?.error;
  return new Map(outcomes).set(first.id, { kind: 'unfetched', error, code: undefined });
}

/** Mails that were asked for and of which nothing came, though the server ended as if all had. */
function fillMissing(mails: readonly ListedMail[], result: StoreResult): StoreResult['outcomes'] {
  const outcomes = new Map(result.outcomes);
  for (const { id } of mails) {
    if (outcomes.has(id)) continue;
    outcomes.set(id, { kind: 'unfetched', error: undefined, code: 'missing' });
  }
  return outcomes;
}

const describeTrouble = (
  mail: ListedMail,
  outcome: Extract<StoreOutcome, { kind: 'unfetched' | 'unstored' }>,
): TroubledNow => {
  const { error } = outcome;
  const isHopeless = error instanceof PostroomError && !error.isRetryable;
  return { mail, code: readOutcomeCode(outcome), attempts: isHopeless ? MAX_ATTEMPTS : 1 };
};

/** What S3 did not take: its fault where nothing went in, or much did not. */
function findOutage(
  outcomes: readonly StoreOutcome[],
  storedBefore: number,
): { readonly error: unknown } | undefined {
  const unstored = outcomes.filter(({ kind }) => kind === 'unstored');
  const stored = storedBefore + outcomes.filter(({ kind }) => kind === 'stored').length;
  const [first] = unstored;
  if (first?.kind !== 'unstored') return undefined;
  return unstored.length > MAX_UNSTORED || stored === 0 ? { error: first.error } : undefined;
}

/** How many mails from the first on have an outcome that counts. */
function countSettled(outcomes: readonly (StoreOutcome | undefined)[], isOutage: boolean): number {
  const open = outcomes.findIndex(
    (outcome) => outcome === undefined || (isOutage && outcome.kind === 'unstored'),
  );
  return open < 0 ? outcomes.length : open;
}

/**
 * Sorts what came of mails, up to the first trouble for which the row has no room: with so many of
 * them it is the server that is in trouble.
 */
function sortOutcomes(
  mails: readonly ListedMail[],
  outcomes: readonly (StoreOutcome | undefined)[],
  room: number,
): Omit<TakenBatch, 'failure'> {
  const stored: StoredMail[] = [];
  const troubled: TroubledNow[] = [];
  let settled = 0;
  for (const [index, mail] of mails.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) break;
    if (outcome.kind === 'unfetched' || outcome.kind === 'unstored') {
      if (troubled.length >= room) break;
      troubled.push(describeTrouble(mail, outcome));
    }
    if (outcome.kind === 'stored') stored.push(outcome);
    settled += 1;
  }
  return { stored, troubled, settled, gone: settled - stored.length - troubled.length };
}

/**
 * Takes a batch of mails: their bytes into S3, then word of them into the arrivals queue, then the
 * rows that know them. What a failure leaves is taken again by the next poll.
 *
 * @throws {PeerUnavailableError} When stored mails could not be announced or recorded: nothing of
 *   the batch counts then.
 */
export async function takeBatch(
  run: OpenRun,
  opened: OpenedFolder,
  mails: readonly ListedMail[],
): Promise<TakenBatch> {
  const result = await storeMails(run, opened, mails);
  // A session that we have cut off ourselves says nothing against the mail that it was at, unless
  // that mail has had the whole poll.
  const isOurs = run.signal.aborted && (run.counts.mails > 0 || result.outcomes.size > 0);
  const known =
    result.failure === undefined
      ? fillMissing(mails, result)
      : blameFirstMissing(mails, result, isOurs);
  const inOrder = mails.map(({ id }) => known.get(id));
  const outage = findOutage([...known.values()], run.counts.mails);
  const settled = countSettled(inOrder, outage !== undefined);
  const room = MAX_TROUBLED_MAILS - run.state.troubled.length;
  const sorted = sortOutcomes(mails, inOrder.slice(0, settled), room);
  await announce(run, sorted.stored);
  return {
    ...sorted,
    failure: outage ?? result.failure ?? failIfShort(sorted.settled, mails.length),
  };
}

const failIfShort = (settled: number, wanted: number) =>
  settled === wanted
    ? undefined
    : { error: new PeerUnavailableError('the server stopped in the middle of a batch') };

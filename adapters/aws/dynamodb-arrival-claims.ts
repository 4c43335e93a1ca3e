import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { PeerUnavailableError } from '../../mail/errors.ts';
import type { ClaimResult, Ledger } from '../../mail/ledger/ledger.ts';
import { arrivalKey } from '../../mail/ledger/table-keys.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import { isRefused, type RowUpdater, type Values } from './dynamodb-row-updater.ts';
import { type ArrivalRow, readClaim } from './ledger-rows.ts';

/** What claiming an arrival needs. */
export interface ArrivalClaiming {
  readonly update: RowUpdater;
  /** Reads an arrival's row as it is now. */
  readonly readArrival: (arrivalId: string) => Promise<ArrivalRow | undefined>;
  readonly clock: Clock;
  readonly leaseSeconds: number;
  /** Tells one try to claim from every other. */
  readonly createToken: () => string;
  /** What a row has of its arrival, whoever writes it first. */
  readonly describeArrival: (arrived: ArrivedMail) => Values;
}

const FREE =
  'attribute_not_exists(#state) OR #state = :seen OR (#state <> :done AND leaseUntil < :now)';

/**
 * Claims arrivals, each by one conditional write that carries a token of its own.
 *
 * A write may be done and its answer lost. Then the SDK sends it again, and it is refused because of
 * itself: the token in the row says so, and the claim is its claimant's. No other try has the token,
 * so none takes the arrival from a holder that lives. Where the second answer is lost too, nobody
 * knows of the claim, and it is given back.
 */
export function createArrivalClaimer({
  update,
  readArrival,
  clock,
  leaseSeconds,
  createToken,
  describeArrival,
}: ArrivalClaiming): Ledger['claimArrival'] {
  const writeClaim = async (arrived: ArrivedMail, claimant: string): Promise<ClaimResult> => {
    const { arrivalId } = arrived.arrival;
    const nowMs = clock.now();
    const { Attributes = {} } = await update({
      key: arrivalKey(arrivalId),
      set: {
        state: 'claimed',
        claimedAt: new Date(nowMs).toISOString(),
        leaseUntil: nowMs + leaseSeconds * 1000,
        claimant,
      },
      setOnce: describeArrival(arrived),
      add: { epoch: 1 },
      condition: FREE,
      values: { seen: 'seen', done: 'done', now: nowMs },
    });
    // Only Postroom writes the table.
    return readClaim(arrivalId, unmarshall(Attributes) as ArrivalRow);
  };

  const readHolder = async (arrivalId: string, claimant: string): Promise<ClaimResult> => {
    const row = await readArrival(arrivalId);
    if (row?.state === 'done') return { kind: 'done' };
    if (row?.claimant === claimant) return readClaim(arrivalId, row);
    return { kind: 'busy', leaseUntilMs: row?.leaseUntil ?? clock.now() };
  };

  const claim = async (arrived: ArrivedMail, claimant: string): Promise<ClaimResult> => {
    try {
      return await writeClaim(arrived, claimant);
    } catch (error) {
      if (!isRefused(error)) throw error;
      return readHolder(arrived.arrival.arrivalId, claimant);
    }
  };

  /** Ends a claim that nobody knows to have. Where that fails too, its lease ends by itself. */
  const giveBack = async (arrivalId: string, claimant: string): Promise<void> => {
    try {
      await update({
        key: arrivalKey(arrivalId),
        set: { leaseUntil: 0 },
        add: { failures: 1 },
        condition: 'claimant = :claimant AND leaseUntil > :none',
        values: { claimant, none: 0 },
      });
    } catch (error) {
      if (!(error instanceof PeerUnavailableError)) throw error;
    }
  };

  return async (arrived) => {
    const claimant = createToken();
    try {
      return await claim(arrived, claimant);
    } catch (error) {
      await giveBack(arrived.arrival.arrivalId, claimant);
      throw error;
    }
  };
}

import { randomUUID } from 'node:crypto';
import { ClaimLostError } from '../../mail/errors.ts';
import type {
  ArrivalClaim,
  ArrivalFailure,
  ArrivalOutcome,
  ArrivalSummary,
  Ledger,
  MailCounts,
  SentEvent,
  StoredDecision,
  StoredQuarantine,
} from '../../mail/ledger/ledger.ts';
import { mailPartition } from '../../mail/ledger/table-keys.ts';
import type { Clock } from '../../mail/ports/clock.ts';

/** An arrival as the memory has it. */
export interface MemoryArrival {
  state: 'seen' | 'claimed' | 'decided' | 'done';
  epoch: number;
  leaseUntilMs: number;
  claimant: string | undefined;
  stored: StoredDecision | undefined;
  quarantine: StoredQuarantine | undefined;
  failures: number;
  lastFailure: ArrivalFailure | undefined;
  outcome: ArrivalOutcome | undefined;
  sent: readonly SentEvent[];
  repeats: number;
}

/** A ledger in memory, with the view behind it that a test needs. */
export interface MemoryLedger extends Ledger {
  readonly arrivals: ReadonlyMap<string, MemoryArrival>;
  readonly listed: readonly ArrivalSummary[];
  readonly counted: readonly MailCounts[];
}

const createArrival = (): MemoryArrival => ({
  state: 'seen',
  epoch: 0,
  leaseUntilMs: 0,
  claimant: undefined,
  stored: undefined,
  quarantine: undefined,
  failures: 0,
  lastFailure: undefined,
  outcome: undefined,
  sent: [],
  repeats: 0,
});

/**
 * Makes a ledger over plain memory.
 *
 * @param createToken Tells one try to claim from every other. @default random
 */
export function createMemoryLedger(
  clock: Clock,
  leaseSeconds: number,
  createToken: () => string = randomUUID,
): MemoryLedger {
  const arrivals = new Map<string, MemoryArrival>();
  const owners = new Map<string, string>();
  const mails = new Set<string>();
  const listed: ArrivalSummary[] = [];
  const counted: MailCounts[] = [];

  const readArrival = (arrivalId: string): MemoryArrival => {
    const arrival = arrivals.get(arrivalId) ?? createArrival();
    arrivals.set(arrivalId, arrival);
    return arrival;
  };
  const readClaimed = ({ arrivalId, epoch }: ArrivalClaim): MemoryArrival => {
    const arrival = readArrival(arrivalId);
    if (arrival.epoch !== epoch || arrival.state === 'done') {
      throw new ClaimLostError('another has taken the arrival since');
    }
    return arrival;
  };
  const assign = (arrivalId: string, mailId: string, names: readonly string[]) => {
    mails.add(mailId);
    return Promise.resolve(
      names.map((name) => {
        const key = `${mailId} ${name}`;
        const owner = owners.get(key) ?? arrivalId;
        owners.set(key, owner);
        return owner;
      }),
    );
  };

  return {
    arrivals,
    listed,
    counted,
    recordSeen({ arrival }) {
      readArrival(arrival.arrivalId);
      return Promise.resolve();
    },
    claimArrival({ arrival: { arrivalId } }) {
      const arrival = readArrival(arrivalId);
      const claimant = createToken();
      if (arrival.state === 'done') return Promise.resolve({ kind: 'done' });
      if (arrival.state === 'seen' || arrival.leaseUntilMs < clock.now()) {
        arrival.state = 'claimed';
        arrival.epoch += 1;
        arrival.leaseUntilMs = clock.now() + leaseSeconds * 1000;
        arrival.claimant = claimant;
      }
      const { epoch, leaseUntilMs, stored, quarantine, failures, lastFailure } = arrival;
      if (arrival.claimant !== claimant) return Promise.resolve({ kind: 'busy', leaseUntilMs });
      return Promise.resolve({
        kind: 'claimed',
        claim: { arrivalId, epoch },
        stored,
        quarantine,
        lastFailure,
        deaths: epoch - 1 - failures,
      });
    },
    assignDeliveries: (arrivalId, mailId, recipients) =>
      assign(
        arrivalId,
        mailId,
        recipients.map((recipient) => `to ${recipient.toLowerCase()}`),
      ),
    assignQueues: (arrivalId, mailId, queues) =>
      assign(
        arrivalId,
        mailId,
        queues.map((queue) => `queue ${queue}`),
      ),
    findSameMessageId(mailId) {
      const others = [...mails].filter(
        (other) => other !== mailId && mailPartition(other) === mailPartition(mailId),
      );
      return Promise.resolve(others[0] ?? null);
    },
    async recordDecision(claim, decided) {
      const arrival = await Promise.resolve(readClaimed(claim));
      arrival.state = 'decided';
      arrival.stored = structuredClone(decided);
    },
    async recordQuarantine(claim, quarantine) {
      const arrival = await Promise.resolve(readClaimed(claim));
      arrival.state = 'decided';
      arrival.quarantine = structuredClone(quarantine);
    },
    listArrival(summary) {
      listed.push(summary);
      return Promise.resolve();
    },
    async finishArrival(claim, outcome, sent) {
      const arrival = await Promise.resolve(readClaimed(claim));
      Object.assign(arrival, { state: 'done', outcome, sent });
    },
    async releaseArrival(claim, failure) {
      const arrival = await Promise.resolve(readClaimed(claim));
      if (arrival.leaseUntilMs === 0) throw new ClaimLostError('it was given back before');
      arrival.leaseUntilMs = 0;
      arrival.lastFailure = failure;
      arrival.failures += 1;
    },
    reopenArrival(arrivalId) {
      const arrival = readArrival(arrivalId);
      if (arrival.state === 'done') {
        const { epoch: failures } = arrival;
        Object.assign(arrival, {
          state: 'seen',
          stored: undefined,
          quarantine: undefined,
          lastFailure: undefined,
          failures,
        });
      }
      return Promise.resolve();
    },
    recordRepeat(arrivalId) {
      readArrival(arrivalId).repeats += 1;
      return Promise.resolve();
    },
    readAttempts: (arrivalIds) =>
      Promise.resolve(arrivalIds.map((arrivalId) => arrivals.get(arrivalId)?.epoch ?? 0)),
    addCounts(counts) {
      counted.push(counts);
      return Promise.resolve();
    },
  };
}

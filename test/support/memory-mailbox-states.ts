import { ClaimLostError } from '../../mail/errors.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import type {
  KnownListStore,
  MailboxClaim,
  MailboxRow,
  MailboxState,
  MailboxStates,
} from '../../mail/polling/mailbox-state.ts';

/** Mailbox states in memory, with the view behind them that a test needs. */
export interface MemoryMailboxStates extends MailboxStates {
  readonly rows: ReadonlyMap<string, MailboxRow>;
  /** Fingerprints by mailbox. */
  readonly known: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const createRow = (mailbox: string, begunAtMs: number): MailboxRow => ({
  mailbox,
  epoch: 0,
  leaseUntilMs: 0,
  begunAtMs,
  dueAtMs: 0,
  lastPolledAtMs: 0,
  lastSuccessAtMs: 0,
  failures: 0,
  failureCode: undefined,
  pauseReason: undefined,
  staleToldAtMs: 0,
  budget: { day: '', bytes: 0, sessions: 0 },
  folders: new Map(),
  troubled: [],
  pending: [],
});

const toState = ({ mailbox: _, epoch: __, leaseUntilMs: ___, ...state }: MailboxRow) => state;

/** Makes mailbox states over plain memory. */
export function createMemoryMailboxStates(clock: Clock, leaseSeconds: number): MemoryMailboxStates {
  const rows = new Map<string, MailboxRow>();
  const known = new Map<string, Map<string, string>>();

  const save = async (
    { mailbox, epoch }: MailboxClaim,
    state: MailboxState,
  ): Promise<MailboxRow> => {
    const row = await Promise.resolve(rows.get(mailbox));
    if (row?.epoch !== epoch) throw new ClaimLostError('another has taken the mailbox since');
    const { begunAtMs, staleToldAtMs } = row;
    const saved = { ...row, ...structuredClone(state), begunAtMs, staleToldAtMs };
    rows.set(mailbox, saved);
    return saved;
  };

  return {
    rows,
    known,
    claimMailbox(mailbox, when) {
      const row = rows.get(mailbox) ?? createRow(mailbox, clock.now());
      if (row.leaseUntilMs >= clock.now()) {
        return Promise.resolve({ kind: 'busy', leaseUntilMs: row.leaseUntilMs });
      }
      if (when === 'due' && row.dueAtMs > clock.now()) {
        return Promise.resolve({ kind: 'not-due', dueAtMs: row.dueAtMs });
      }
      const leaseUntilMs = clock.now() + leaseSeconds * 1000;
      const taken = { ...row, epoch: row.epoch + 1, leaseUntilMs };
      rows.set(mailbox, taken);
      const claim = { mailbox, epoch: taken.epoch, leaseUntilMs };
      return Promise.resolve({ kind: 'claimed', claim, state: structuredClone(toState(taken)) });
    },
    async saveMailbox(claim, state) {
      await save(claim, state);
    },
    async releaseMailbox(claim, state) {
      rows.set(claim.mailbox, { ...(await save(claim, state)), leaseUntilMs: 0 });
    },
    findKnown: (mailbox, fingerprints) =>
      Promise.resolve(
        new Map([...(known.get(mailbox) ?? [])].filter(([one]) => fingerprints.includes(one))),
      ),
    hasKnown: (mailbox) => Promise.resolve((known.get(mailbox)?.size ?? 0) > 0),
    recordKnown(mailbox, mails) {
      const ofMailbox = known.get(mailbox) ?? new Map<string, string>();
      known.set(mailbox, ofMailbox);
      for (const { fingerprint, arrivalId } of mails) ofMailbox.set(fingerprint, arrivalId);
      return Promise.resolve();
    },
    readStates: (mailboxes) =>
      Promise.resolve(mailboxes.flatMap((mailbox) => rows.get(mailbox) ?? [])),
    noteMailbox(mailbox) {
      rows.set(mailbox, rows.get(mailbox) ?? createRow(mailbox, clock.now()));
      return Promise.resolve();
    },
    markStale(mailbox) {
      const row = rows.get(mailbox) ?? createRow(mailbox, clock.now());
      rows.set(mailbox, { ...row, staleToldAtMs: clock.now() });
      return Promise.resolve();
    },
  };
}

/** Lists of known mails in memory, by `mailbox/name`. */
export interface MemoryKnownLists extends KnownListStore {
  readonly lists: ReadonlyMap<string, Buffer>;
}

/** Makes a store of lists over plain memory. */
export function createMemoryKnownLists(): MemoryKnownLists {
  const lists = new Map<string, Buffer>();
  return {
    lists,
    readList: (mailbox, name) => Promise.resolve(lists.get(`${mailbox}/${name}`)),
    writeList(mailbox, name, list) {
      lists.set(`${mailbox}/${name}`, Buffer.from(list));
      return Promise.resolve();
    },
    removeList(mailbox, name) {
      lists.delete(`${mailbox}/${name}`);
      return Promise.resolve();
    },
  };
}

import type {
  FolderCursor,
  MailboxRow,
  MailboxState,
  PendingChange,
  TroubledMail,
} from '../../mail/polling/mailbox-state.ts';
import type { Values } from './dynamodb-row-updater.ts';

/** A mailbox as the table has it; what was never written is missing. */
export interface StoredMailbox {
  readonly epoch: number;
  readonly leaseUntil: number;
  readonly claimant?: string;
  readonly begunAt: number;
  readonly dueAt?: number;
  readonly lastPolledAt?: number;
  readonly lastSuccessAt?: number;
  readonly failures?: number;
  /** Empty for none, as in all texts here: an update cannot take an attribute away. */
  readonly failureCode?: string;
  readonly pauseReason?: string;
  readonly staleToldAt?: number;
  readonly budget?: readonly MailboxState['budget'][];
  readonly folders?: readonly (FolderCursor & { readonly path: string })[];
  readonly troubled?: readonly TroubledMail[];
  readonly pending?: readonly PendingChange[];
}

const NO_BUDGET = { day: '', bytes: 0, sessions: 0 } as const;

/** Reads a row. */
export function toMailboxState(row: StoredMailbox): MailboxState {
  const { failureCode = '', pauseReason = '', folders = [] } = row;
  return {
    begunAtMs: row.begunAt,
    dueAtMs: row.dueAt ?? 0,
    lastPolledAtMs: row.lastPolledAt ?? 0,
    lastSuccessAtMs: row.lastSuccessAt ?? 0,
    failures: row.failures ?? 0,
    failureCode: failureCode === '' ? undefined : failureCode,
    // Only `toAttributes` writes it.
    pauseReason: pauseReason === '' ? undefined : (pauseReason as MailboxState['pauseReason']),
    staleToldAtMs: row.staleToldAt ?? 0,
    budget: row.budget?.[0] ?? NO_BUDGET,
    folders: new Map(folders.map(({ path, ...cursor }) => [path, cursor])),
    troubled: row.troubled ?? [],
    pending: row.pending ?? [],
  };
}

/** Reads a row for those who only look. */
export const toMailboxRow = (mailbox: string, row: StoredMailbox): MailboxRow => ({
  ...toMailboxState(row),
  mailbox,
  epoch: row.epoch,
  leaseUntilMs: row.leaseUntil,
});

/** What DynamoDB takes: an undefined member is no member. */
const withoutUndefined = (item: object): object =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));

/** Writes a state; when the mailbox began, its first claim writes. */
export const toAttributes = (state: MailboxState): Values => ({
  dueAt: state.dueAtMs,
  lastPolledAt: state.lastPolledAtMs,
  lastSuccessAt: state.lastSuccessAtMs,
  failures: state.failures,
  failureCode: state.failureCode ?? '',
  pauseReason: state.pauseReason ?? '',
  budget: [state.budget],
  folders: Array.from(state.folders, ([path, cursor]) => withoutUndefined({ path, ...cursor })),
  troubled: state.troubled.map(withoutUndefined),
  pending: state.pending,
});

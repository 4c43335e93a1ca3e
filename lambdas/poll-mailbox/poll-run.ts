import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import type { FolderCursor, MailboxClaim, MailboxState } from '../../mail/polling/mailbox-state.ts';
import { planBatchMails, type PollRoom } from '../../mail/polling/plan-batches.ts';
import { type ProviderBudget, readBytesLeft } from '../../mail/polling/plan-budget.ts';
import { FINISH_TIME_MS, MIN_TIME_FOR_A_BATCH_MS } from '../../mail/polling/poll-limits.ts';
import type {
  MailboxChange,
  MailboxSession,
  OpenedFolder,
} from '../../mail/ports/mailbox-ports.ts';
import type { PollCounts, PollFault, PollOptions, PollPorts } from './ports.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Why a poll leaves something to the next. */
export type StopReason = 'room' | 'time' | 'budget';

/** One poll of a mailbox that is this poll's own. */
export interface PollRun {
  readonly mailbox: MailboxConfiguration;
  readonly ports: PollPorts;
  readonly options: PollOptions;
  readonly claim: MailboxClaim;
  /** Whether the mailbox was never polled, and no mail of it is known. */
  readonly isFirst: boolean;
  readonly budget: ProviderBudget;
  /** No call is made after that. */
  readonly deadlineAtMs: number;
  readonly begunMs: number;
  /** As it is saved next. */
  state: MailboxState;
  readonly counts: Mutable<PollCounts>;
  /** Undefined while nothing is left. */
  stop: StopReason | undefined;
  /** What could not be done, though the poll went on. */
  fault: PollFault | undefined;
}

/** A poll whose session is open. */
export interface OpenRun extends PollRun {
  readonly session: MailboxSession;
  /** Fires when the session is cut off, for want of time. */
  readonly signal: AbortSignal;
  /** Whether one mail may be met in several folders. */
  readonly isSpread: boolean;
}

/** Counters at the beginning. */
export const createCounts = (): Mutable<PollCounts> => ({
  mails: 0,
  bytes: 0,
  known: 0,
  passedOver: 0,
  oversize: 0,
  unwanted: 0,
  gone: 0,
  troubled: 0,
  quarantined: 0,
  changed: 0,
});

/** Whether another batch may be begun. */
export const hasTime = ({ ports: { clock }, deadlineAtMs }: PollRun): boolean =>
  clock.now() + MIN_TIME_FOR_A_BATCH_MS + FINISH_TIME_MS <= deadlineAtMs;

/** What may still be taken in this poll. */
export function readRoom({ mailbox, options, counts, state, budget }: PollRun): PollRoom {
  const { messages, bytes } = mailbox.perPoll;
  const limit = Math.min(messages, options.limit ?? messages);
  return {
    messages: Math.max(0, limit - counts.mails - counts.troubled),
    bytes: Math.min(Math.max(0, bytes - counts.bytes), readBytesLeft(state.budget, budget)),
    batchMails: planBatchMails(state.troubled),
  };
}

/** Writes down where a folder goes on. */
export function setCursor(run: PollRun, path: string, cursor: FolderCursor): void {
  run.state = { ...run.state, folders: new Map(run.state.folders).set(path, cursor) };
}

/** What a mailbox wants to happen to mails that are safe; undefined where they stay as they are. */
export function readWantedChange({
  afterwards,
}: Pick<MailboxConfiguration, 'afterwards'>): MailboxChange | undefined {
  if (afterwards === 'leave') return undefined;
  if (afterwards === 'mark-seen' || afterwards === 'delete') return { kind: afterwards };
  if ('flag' in afterwards) return { kind: 'flag', flag: afterwards.flag };
  return 'move' in afterwards ? { kind: 'move', folder: afterwards.move } : { kind: 'delete' };
}

/** What happens to them in this poll. */
export const readChange = ({ mailbox, options }: PollRun): MailboxChange | undefined =>
  options.isActing ? readWantedChange(mailbox) : undefined;

/** Saves the state under the claim. @throws {ClaimLostError | PeerUnavailableError} */
export const saveRun = ({ ports, claim, state }: PollRun): Promise<void> =>
  ports.states.saveMailbox(claim, state);

/** Whether something that the row tells is of the folder as it is now. */
export const isOfFolder = (
  { folder, generation }: { readonly folder: string; readonly generation: string },
  opened: OpenedFolder,
): boolean => folder === opened.path && generation === opened.generation;

/** Old mails of a folder that are looked at before any is fetched. */
export interface Backlog {
  /**
   * `begin`: those that came in before `sinceMs` are passed over. `join`: those too that are known,
   * as in a folder that was renamed. `resync`: the same, and an event tells of it: the server has
   * numbered the folder's mails anew, or the cursor was lost.
   */
  readonly kind: 'begin' | 'join' | 'resync';
  /** The last UID that there was; what comes later is new. */
  readonly untilUid: number;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  /** Mails so far that came in before `sinceMs`. */
  readonly passedOver: number;
  /** Mails so far that were known. */
  readonly known: number;
  readonly fetched: number;
}

/** Where the next poll of a folder goes on. */
export interface FolderCursor {
  /** UIDVALIDITY; empty for POP3. */
  readonly generation: string;
  /** Mails up to this UID are done with; 0 where a list of known mails is kept instead. */
  readonly lastUid: number;
  readonly backlog?: Backlog;
  /** The list of the mails that are known there, by its name in the store. */
  readonly list?: string;
  /** POP3: what there was when the list was last compared with the server's. */
  readonly stat?: { readonly mails: number; readonly bytes: number; readonly day: number };
}

/** A mail that could not be fetched or stored; the cursor has passed it. */
export interface TroubledMail {
  readonly folder: string;
  readonly generation: string;
  readonly id: string;
  readonly bytes: number;
  readonly serverId?: string;
  readonly receivedAtMs?: number;
  /** How often it was tried. */
  readonly attempts: number;
  /** What failed last: a code of `docs/errors.md`, or what the server answered. */
  readonly code: string;
}

/** Mails that are safe with us and still to be flagged, moved or deleted. */
export interface PendingChange {
  readonly folder: string;
  readonly generation: string;
  readonly ids: readonly string[];
}

/** What was used of a provider's limits in a day. */
export interface PollBudget {
  /** `2026-11-24`, in UTC. */
  readonly day: string;
  readonly bytes: number;
  readonly sessions: number;
}

/** Everything that one poll of a mailbox leaves to the next. */
export interface MailboxState {
  /** When the mailbox was first taken, or first known of. */
  readonly begunAtMs: number;
  /** Before that, no poll is made. */
  readonly dueAtMs: number;
  /** 0 for never, as in all times here. */
  readonly lastPolledAtMs: number;
  readonly lastSuccessAtMs: number;
  /** In a row. */
  readonly failures: number;
  /** What failed last, or what the last poll could not do; a code of `docs/errors.md`. */
  readonly failureCode: string | undefined;
  /** Why it is not polled until `dueAtMs`, where that is not the interval. */
  readonly pauseReason: PauseReason | undefined;
  /** When somebody was told that it is stale; for which success, `lastSuccessAtMs` says. */
  readonly staleToldAtMs: number;
  readonly budget: PollBudget;
  /** By path. */
  readonly folders: ReadonlyMap<string, FolderCursor>;
  readonly troubled: readonly TroubledMail[];
  readonly pending: readonly PendingChange[];
}

/** What lets a mailbox wait for longer than its interval. */
export type PauseReason = 'credential' | 'throttled' | 'budget' | 'failing';

/** The right to poll a mailbox, until its lease ends. */
export interface MailboxClaim {
  readonly mailbox: string;
  /** Grows with each taking; a write with an older one is refused. 1 for the first. */
  readonly epoch: number;
  readonly leaseUntilMs: number;
}

/** What came of asking for a mailbox. */
export type MailboxClaimResult =
  | { readonly kind: 'claimed'; readonly claim: MailboxClaim; readonly state: MailboxState }
  /** Somebody polls it now. */
  | { readonly kind: 'busy'; readonly leaseUntilMs: number }
  | { readonly kind: 'not-due'; readonly dueAtMs: number };

/** A mail that was handled, as it will be known again. */
export interface KnownMail {
  readonly fingerprint: string;
  readonly arrivalId: string;
}

/** A mailbox as whoever looks sees it. */
export interface MailboxRow extends MailboxState {
  readonly mailbox: string;
  readonly epoch: number;
  /** In the past where nobody polls it. */
  readonly leaseUntilMs: number;
}

/** The memory of polls. Each method throws `PeerUnavailableError` when the store does not answer. */
export interface MailboxStates {
  /**
   * Takes a mailbox to poll it. The lease ends by itself.
   *
   * @param when `due`: only when its time has come. `now`: whenever nobody else has it.
   */
  claimMailbox(mailbox: string, when: 'due' | 'now'): Promise<MailboxClaimResult>;

  /** @throws {ClaimLostError} When another has taken the mailbox since. */
  saveMailbox(claim: MailboxClaim, state: MailboxState): Promise<void>;

  /**
   * Saves, and lets the next have it.
   *
   * @throws {ClaimLostError} When another has taken the mailbox since.
   */
  releaseMailbox(claim: MailboxClaim, state: MailboxState): Promise<void>;

  /** The arrivals of those fingerprints that are known. */
  findKnown(mailbox: string, fingerprints: readonly string[]): Promise<ReadonlyMap<string, string>>;

  /** Whether any mail of a mailbox is known. */
  hasKnown(mailbox: string): Promise<boolean>;

  /** Remembers mails for as long as the ledger does. Again is harmless. */
  recordKnown(mailbox: string, known: readonly KnownMail[]): Promise<void>;

  /** The rows of these mailboxes; one that was never polled nor noted has none. */
  readStates(mailboxes: readonly string[]): Promise<readonly MailboxRow[]>;

  /** Notes that there is a mailbox: from then on its silence counts. Again is harmless. */
  noteMailbox(mailbox: string): Promise<void>;

  /** Notes that somebody was told that a mailbox is stale. */
  markStale(mailbox: string): Promise<void>;
}

/** Keeps lists of known mails, whole. Each method throws `PeerUnavailableError`. */
export interface KnownListStore {
  /** @returns undefined when there is none of this name. */
  readList(mailbox: string, name: string): Promise<Buffer | undefined>;
  writeList(mailbox: string, name: string, list: Buffer): Promise<void>;
  /** Harmless when there is none. */
  removeList(mailbox: string, name: string): Promise<void>;
}

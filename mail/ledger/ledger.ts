import type { ArrivedMail } from '../contracts/arrived-mail.ts';
import type { RawHeaderField } from '../message/header-block.ts';
import type { QuarantineReason } from '../quarantine/quarantine.ts';
import type { MailDecision } from '../rules/decide-mail.ts';

/** The right to handle an arrival, until its lease ends. */
export interface ArrivalClaim {
  readonly arrivalId: string;
  /** Grows with each taking; a write with an older one is refused. */
  readonly epoch: number;
}

/** What was decided for an arrival. A retry carries it out as it stands, whatever the rules say now. */
export interface StoredDecision {
  readonly mailId: string;
  /** Another mail with this mail's Message-ID that was there before; null when there is none. */
  readonly sameMessageIdAs: string | null;
  /** For the recipients that this arrival handles. */
  readonly decision: MailDecision;
  /** Deliveries that another arrival handles: this arrival's are repeats, and nothing is sent. */
  readonly repeats: readonly { readonly recipient: string; readonly arrivalId: string }[];
  /** Queues that take one event a mail and have it from another arrival. */
  readonly servedQueues: readonly string[];
}

/**
 * What was decided for an arrival that could not be handled. A retry tells the same of it, whatever
 * fails by then.
 */
export interface StoredQuarantine extends QuarantineReason {
  /** Where the error happened: frames only, no message. */
  readonly stack: string | null;
  /** Null where the mail was not read. */
  readonly mailId: string | null;
  /** Whose mail is held. */
  readonly recipients: readonly string[];
  /** How often the arrival had been taken. */
  readonly attempts: number;
  /** What is shown of the header. */
  readonly fields: readonly RawHeaderField[];
}

/** An arrival that is this invocation's to handle. */
export interface ClaimedArrival {
  readonly kind: 'claimed';
  readonly claim: ArrivalClaim;
  /** From an earlier taking that got that far. */
  readonly stored: StoredDecision | undefined;
  /** The same, of one that was given up. */
  readonly quarantine: StoredQuarantine | undefined;
  /** What failed last; undefined where nothing did. */
  readonly lastFailure: ArrivalFailure | undefined;
  /** Takings that neither ended nor failed: whatever had them died, or ran out of time. */
  readonly deaths: number;
}

/** What came of asking for an arrival. */
export type ClaimResult =
  | ClaimedArrival
  /** It is handled; this notification of it is a repeat. */
  | { readonly kind: 'done' }
  /** Somebody handles it now. */
  | { readonly kind: 'busy'; readonly leaseUntilMs: number };

/** What failed, for the quarantine's evidence. */
export interface ArrivalFailure {
  /** A code of `docs/errors.md`, or the name of an error that is not ours. */
  readonly code: string;
  /** Frames only, no message. */
  readonly stack: string | null;
}

/** How an arrival ended. */
export type ArrivalOutcome = 'sent' | 'repeat' | 'dropped' | 'quarantined';

/** An event that was handed over. */
export interface SentEvent {
  readonly queue: string;
  readonly eventId: string;
  /** Milliseconds since 1970; of the last time, where it was sent again. */
  readonly sentAtMs: number;
}

/** What a list of mail shows of one. */
export interface ArrivalSummary {
  readonly arrived: ArrivedMail;
  /** Null where the mail was not read. */
  readonly mailId: string | null;
  readonly outcome: ArrivalOutcome;
  readonly bytes: number;
  /** The first address of the From header, which need not be the envelope's sender. */
  readonly from: string | null;
  readonly subject: string | null;
  readonly sent: readonly SentEvent[];
}

/** What is counted by the hour. */
export interface MailCounts {
  readonly mails: number;
  readonly bytes: number;
  readonly events: number;
  readonly repeats: number;
  readonly quarantined: number;
  readonly failures: number;
}

/**
 * The memory of every arrival and delivery. Each method is one or a few single writes, safe to be
 * done again; none relies on another's having been done just before.
 */
export interface Ledger {
  /** A door says that an arrival is there. Harmless for one that is known. */
  recordSeen(arrived: ArrivedMail): Promise<void>;

  /**
   * Takes an arrival to handle it. The lease ends by itself; whoever takes it then has the next
   * epoch.
   */
  claimArrival(arrived: ArrivedMail): Promise<ClaimResult>;

  /**
   * Makes deliveries (mail, recipient) this arrival's own, each unless another arrival has it. An
   * arrival that came too late for one is remembered with the mail: its story tells of it.
   *
   * @returns The arrival that has each recipient's delivery, in the order given.
   */
  assignDeliveries(
    arrivalId: string,
    mailId: string,
    recipients: readonly string[],
  ): Promise<readonly string[]>;

  /** The same for queues that take one event a mail. */
  assignQueues(
    arrivalId: string,
    mailId: string,
    queues: readonly string[],
  ): Promise<readonly string[]>;

  /** The id of another mail with the same Message-ID, if one is known. */
  findSameMessageId(mailId: string): Promise<string | null>;

  /**
   * Stores what was decided, before anything is sent.
   *
   * @throws {ClaimLostError} When another has taken the arrival since.
   */
  recordDecision(claim: ArrivalClaim, decided: StoredDecision): Promise<void>;

  /**
   * Stores that an arrival was given up and what is told of it, before anybody is told.
   *
   * @throws {ClaimLostError} When another has taken the arrival since.
   */
  recordQuarantine(claim: ArrivalClaim, quarantine: StoredQuarantine): Promise<void>;

  /** Puts the mail on the list of its hour. */
  listArrival(summary: ArrivalSummary): Promise<void>;

  /**
   * Ends an arrival.
   *
   * @throws {ClaimLostError} When another has taken the arrival since.
   */
  finishArrival(
    claim: ArrivalClaim,
    outcome: ArrivalOutcome,
    sent: readonly SentEvent[],
  ): Promise<void>;

  /**
   * Gives an arrival back after a failure, so that the next try need not wait for the lease to end,
   * and says what failed.
   *
   * @throws {ClaimLostError} When another has taken the arrival since, or it was given back before.
   */
  releaseArrival(claim: ArrivalClaim, failure: ArrivalFailure): Promise<void>;

  /**
   * Opens a quarantined arrival again, so that the next notice of it is handled anew. Harmless for
   * one that is open.
   */
  reopenArrival(arrivalId: string): Promise<void>;

  /** Notes on a handled arrival that it was announced again. */
  recordRepeat(arrivalId: string): Promise<void>;

  /** How often each arrival was taken, 0 for one that never was. */
  readAttempts(arrivalIds: readonly string[]): Promise<readonly number[]>;

  /**
   * Adds to the counters of the present hour, never twice: where it throws, they may have it or not.
   *
   * @throws {PeerUnavailableError}
   */
  addCounts(counts: MailCounts): Promise<void>;
}

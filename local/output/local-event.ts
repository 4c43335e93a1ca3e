import type { LocalEndpoints } from '../endpoints.ts';

/** The local run can be used. */
export interface ReadyEvent extends Omit<LocalEndpoints, 'pid'> {
  readonly event: 'ready';
  readonly pid: number;
  readonly stateFolder: string;
  /** An address that the configuration takes mail for, for the lines to copy. */
  readonly exampleAddress: string;
  /** The queues that a team's services read, as in the configuration. */
  readonly queues: readonly string[];
  /** The mailboxes that are polled, as in the configuration. */
  readonly mailboxes: readonly string[];
  /** Whether polls mark, move and delete; else mailboxes are opened read-only. */
  readonly isActing: boolean;
}

/** A mailbox was polled, or could not be. */
export interface PolledEvent {
  readonly event: 'polled';
  readonly mailbox: string;
  readonly outcome: 'polled' | 'failed' | 'over-budget' | 'busy' | 'not-due' | 'claim-lost';
  /** Mails that came in, and their bytes; a `mail` event for each follows. */
  readonly mails: number;
  readonly bytes: number;
  /** Came in before what is wanted. */
  readonly passedOver: number;
  /** Marked, moved or deleted in the mailbox. */
  readonly changed: number;
  /** What failed, in part or whole: a code of `docs/errors.md`. */
  readonly code: string | null;
  /** The same for a person, with what to do. */
  readonly message: string | null;
}

/** A mail went to a queue, or nowhere: one event for each of its destinations. */
export interface MailEvent {
  readonly event: 'mail';
  /** Null where the mail was not read. */
  readonly mailId: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string | null;
  /**
   * The rule that settled it, `otherwise`, `unlisted recipient`, `virus`, `drop`, or the code of what
   * failed.
   */
  readonly rule: string;
  readonly outcome: 'sent' | 'quarantined' | 'dropped' | 'repeat';
  /** As in the configuration; null unless the mail was sent. */
  readonly queue: string | null;
  /** From the end of the SMTP dialogue until the event was in the queue. */
  readonly ms: number;
  /** Why it is in quarantine, or went nowhere. */
  readonly reason?: string;
}

/** A mail could not be handled and comes back, or has come back too often. */
export interface FailedEvent {
  readonly event: 'failed';
  readonly arrivalId: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string | null;
  /** A code of `docs/errors.md`. */
  readonly code: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Where it is after the last attempt. */
  readonly deadLetterQueue: string | null;
}

/** A mail that would take another way under rules that were just saved. */
export interface MovedMail {
  readonly mailId: string | null;
  readonly subject: string | null;
  readonly to: readonly string[];
  readonly before: readonly string[];
  readonly now: readonly string[];
}

/** What a local run has to tell. */
export type LocalEvent =
  | ReadyEvent
  | MailEvent
  | FailedEvent
  | PolledEvent
  | {
      readonly event: 'reloaded';
      readonly createdQueues: readonly string[];
      /** The mails of this run that were decided again. */
      readonly checkedMails: number;
      readonly moved: readonly MovedMail[];
    }
  | { readonly event: 'reload-refused'; readonly faults: readonly string[] }
  | { readonly event: 'trouble'; readonly message: string }
  | {
      readonly event: 'samples-checked';
      readonly samples: number;
      readonly faults: readonly string[];
    }
  | { readonly event: 'stopped' };

/** Takes what a local run has to tell. Must not throw. */
export type LocalEventListener = (event: LocalEvent) => void;

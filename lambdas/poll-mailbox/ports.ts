import type { PollMailboxConfiguration } from '../../mail/configuration/poll-mailbox-configuration.ts';
import type { ErrorFields } from '../../mail/errors.ts';
import type { Ledger } from '../../mail/ledger/ledger.ts';
import type { KnownListStore, MailboxStates } from '../../mail/polling/mailbox-state.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import type { ArrivalBatchAnnouncer, RawMailWriter } from '../../mail/ports/door-ports.ts';
import type { CredentialReader, MailboxOpener } from '../../mail/ports/mailbox-ports.ts';
import type { EventSender, MimeParser } from '../../mail/ports/ports.ts';
import type { QuarantineWriter } from '../../mail/quarantine/quarantine.ts';

/** What a poll needs of the world. */
export interface PollPorts {
  readonly states: MailboxStates;
  readonly knownLists: KnownListStore;
  readonly credentials: CredentialReader;
  readonly openSession: MailboxOpener;
  readonly rawMail: RawMailWriter;
  readonly arrivals: ArrivalBatchAnnouncer;
  readonly ledger: Pick<
    Ledger,
    'recordSeen' | 'claimArrival' | 'recordQuarantine' | 'listArrival' | 'finishArrival'
  >;
  readonly quarantine: QuarantineWriter;
  readonly events: EventSender;
  /** Reads headers of mailboxes with `headersFirst`. */
  readonly mime: MimeParser;
  readonly clock: Clock;
  /** From 0 to below 1; spreads retries. */
  readonly readRandom: () => number;
  /** Where raw mail is kept. */
  readonly mailBucket: string;
  /** Asked at each poll: the local run exchanges the configuration while it runs. */
  readonly readConfiguration: () => PollMailboxConfiguration;
}

/** What a poll tells whoever watches. */
export type PollProgress =
  /** A folder is open; `mails` is what it holds. */
  | { readonly kind: 'folder'; readonly path: string; readonly mails: number }
  /** So many mails are about to be fetched. */
  | { readonly kind: 'batch'; readonly mails: number; readonly bytes: number }
  /** A mail is safe. */
  | { readonly kind: 'mail'; readonly arrivalId: string; readonly bytes: number };

/** How one poll is made. */
export interface PollOptions {
  /** The poll ends by itself before this, the cursor saved. Milliseconds since 1970. */
  readonly deadlineAtMs: number;
  /** Whether mails are flagged, moved or deleted; without it the mailbox is opened read-only. */
  readonly isActing: boolean;
  /** Whether it is polled though its time has not come. @default false */
  readonly isForced?: boolean;
  /** Mails that are taken at the most. @default what the mailbox's `perPoll` says */
  readonly limit?: number;
  /** Must not throw. @default nobody watches */
  readonly observe?: (progress: PollProgress) => void;
}

/** What was done with mails. */
export interface PollCounts {
  /** Mails that are safe with us now, and their bytes. */
  readonly mails: number;
  readonly bytes: number;
  /** Handled before, and not fetched again. */
  readonly known: number;
  /** Came in before what is wanted, or before what is remembered. */
  readonly passedOver: number;
  readonly oversize: number;
  /** No rule wants more than their header. */
  readonly unwanted: number;
  /** Were not there any more. */
  readonly gone: number;
  /** Could not be fetched or stored this time; they are tried again. */
  readonly troubled: number;
  /** Could not be fetched or stored for the last time. */
  readonly quarantined: number;
  /** Flagged, moved or deleted. */
  readonly changed: number;
}

/** What ended a poll early. Names no address, no content and no credential. */
export interface PollFault {
  /** A code of `docs/errors.md`, or the name of an error that is not ours. */
  readonly code: string;
  readonly fields: ErrorFields;
  /** Frames only, no message; null for errors of ours. */
  readonly stack: string | null;
}

/** What came of a poll: one log line. */
export interface PollReport extends PollCounts {
  readonly mailbox: string;
  /**
   * `busy`: another polls it. `not-due`: its time has not come. `over-budget`: the provider gives no
   * more today. `claim-lost`: it took longer than its lease.
   */
  readonly outcome: 'polled' | 'failed' | 'over-budget' | 'busy' | 'not-due' | 'claim-lost';
  /** Whether there is more to be taken, at once. */
  readonly isMore: boolean;
  /** Null where nothing failed. What failed in part only, as one folder of several, is told too. */
  readonly fault: PollFault | null;
  /** When the next poll is due, milliseconds since 1970; null where that is not known. */
  readonly dueAtMs: number | null;
  readonly tookMs: number;
}

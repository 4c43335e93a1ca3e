import type { Arrival } from '../contracts/arrival.ts';
import type { ObjectAddress } from '../ports/ports.ts';
import type { HeldRow } from '../quarantine/quarantine.ts';
import type { ArrivalOutcome, SentEvent, StoredDecision } from './ledger.ts';

/** A mail as the list of its hour shows it. */
export interface ListedMail {
  readonly arrivalId: string;
  readonly receivedAt: string;
  readonly door: Arrival['door'];
  /** Null where the mail was not read. */
  readonly mailId: string | null;
  /** MAIL FROM; empty for the null sender of bounces, null when it was forgotten. */
  readonly sender: string | null;
  /** The From header's address, where it is another than the sender. */
  readonly from: string | null;
  /** The first of the envelope's recipients. */
  readonly recipients: readonly string[];
  readonly recipientCount: number;
  readonly subject: string | null;
  readonly bytes: number;
  readonly outcome: ArrivalOutcome;
  readonly queues: readonly string[];
}

/** An arrival and everything that is remembered of it. Times are ISO 8601 in UTC. */
export interface ArrivalStory {
  readonly arrivalId: string;
  readonly state: 'seen' | 'claimed' | 'decided' | 'done';
  readonly door: Arrival['door'];
  readonly receivedAt: string;
  /** Null when it was forgotten. */
  readonly raw: ObjectAddress | null;
  /** Null when it was forgotten. */
  readonly sender: string | null;
  readonly firstRecipient: string | null;
  readonly recipientCount: number;
  /** When the ledger first heard of it. */
  readonly seenAt: string;
  /** How often it was taken to be handled. */
  readonly takings: number;
  /** The last time. */
  readonly takenAt: string | null;
  /** Until when whoever took it has it; milliseconds since 1970. */
  readonly leaseUntilMs: number;
  /** Why a taking failed: a code of `docs/errors.md`. */
  readonly failureCode: string | null;
  readonly decidedAt: string | null;
  readonly decided: StoredDecision | null;
  readonly sent: readonly SentEvent[];
  readonly doneAt: string | null;
  readonly outcome: ArrivalOutcome | null;
  /** How often it was announced again after it was done. */
  readonly repeats: number;
  readonly lastRepeatAt: string | null;
  /** Its row in the quarantine; null when it never was there. */
  readonly held: Pick<HeldRow, 'heldAt' | 'reason' | 'code' | 'state'> | null;
  /** When what it told of a person was removed. */
  readonly forgottenAt: string | null;
  /** Its row in the list; null until it was handed over. */
  readonly listed: ListedMail | null;
}

/** A mail and the arrivals that brought it, those too that came too late for a delivery. */
export interface KnownMail {
  readonly mailId: string;
  readonly arrivalIds: readonly string[];
}

/** What was counted in an hour. */
export interface HourCounts {
  /** `2026-11-24T09`, in UTC. */
  readonly hour: string;
  readonly mails: number;
  readonly bytes: number;
  readonly events: number;
  readonly repeats: number;
  readonly quarantined: number;
  readonly failures: number;
}

/**
 * Reads what the ledger remembers, for people. Every method reads by key or by a query of one
 * partition, never by a scan, and throws {@link PeerUnavailableError}.
 */
export interface StoryReader {
  readArrival(arrivalId: string): Promise<ArrivalStory | undefined>;

  /**
   * The mails whose `mailId` begins with this: one mail, or all with one Message-ID.
   *
   * @param mailIdStart As far as the second hyphen at least.
   */
  readMails(mailIdStart: string): Promise<readonly KnownMail[]>;

  /** Whether a mail was delivered to an address, by whichever arrival. */
  isDelivered(mailId: string, recipient: string): Promise<boolean>;

  /** The mails that arrived in an hour (`2026-11-24T09`, in UTC), the oldest first. */
  listHour(hour: string): Promise<readonly ListedMail[]>;

  /** The counters of the hours from one to another, both among them; an hour without any is left out. */
  readCounts(firstHour: string, lastHour: string): Promise<readonly HourCounts[]>;
}

import type { Readable } from 'node:stream';
import type { MailReceived, RuleTrace } from '../contracts/mail-received.ts';
import type { ReadMail } from '../message/read-mail.ts';

/** Where an object is. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** Reads raw mail as it came in. */
export interface RawMailReader {
  /**
   * Opens a raw mail. The caller reads the stream to its end or destroys it.
   *
   * @throws {PeerUnavailableError} When the store does not answer, or has no such object yet.
   */
  openRawMail(address: ObjectAddress): Promise<Readable>;
}

/** Keeps events that are too large for a queue. */
export interface ClaimWriter {
  /**
   * Writes an event's JSON. Writing the same event again is harmless.
   *
   * @throws {PeerUnavailableError}
   */
  writeClaim(eventId: string, json: string): Promise<ObjectAddress>;
}

/** A message for a destination queue. */
export interface OutgoingEvent {
  /** The queue's name in the configuration, or `quarantine`. */
  readonly queue: string;
  /** Deduplication id of FIFO queues. */
  readonly eventId: string;
  /** Messages of one group stay in order in FIFO queues. */
  readonly groupId: string;
  /** The message body: characters that SQS accepts, at most 1 MiB. */
  readonly body: string;
}

/** Hands events to destination queues. */
export interface EventSender {
  /** @throws {PeerUnavailableError} */
  sendEvent(event: OutgoingEvent): Promise<void>;
}

/** A message of a queue, as Lambda hands it to a function. */
export interface ReceivedMessage {
  readonly receiptHandle: string;
  /** The queue. */
  readonly eventSourceARN: string;
}

/** Says when a record that failed comes back. */
export interface RetryDelayer {
  /**
   * Lets a record come back after so many seconds instead of at the end of the queue's visibility
   * timeout. Does not throw: where it fails, the record comes back with the queue's own delay.
   */
  delayRetry(message: ReceivedMessage, delaySeconds: number): Promise<void>;
}

/** Reads the MIME structure of a mail (RFC 2045 to 2049). */
export interface MimeParser {
  /**
   * Reads a raw mail to its end without holding it: attachments are measured, not kept. A
   * malformed mail gives the best reading; beside the limits, only a broken source throws.
   *
   * @throws {LimitExceededError} When it has too many parts, or too many bytes of headers.
   */
  readMail(source: Readable): Promise<ReadMail>;
}

/** What became of a mail, for whoever watches. */
export interface HandledMail {
  /** Null where the mail was not read. */
  readonly mailId: string | null;
  readonly arrivalId: string;
  readonly bytes: number;
  /** The events sent, each with its queue. Empty when the rules dropped the mail. */
  readonly sent: readonly { readonly queue: string; readonly event: MailReceived }[];
  /** Recipients whose mail is in quarantine; `code` as in `MailQuarantined`. */
  readonly quarantined: readonly {
    readonly recipients: readonly string[];
    readonly reason: string;
    readonly code: string;
    /** Why the rules sent it there; absent where none was tried. */
    readonly trace?: readonly RuleTrace[];
  }[];
  /** Recipients for which nothing was sent, with the reason. */
  readonly dropped: readonly { readonly recipients: readonly string[]; readonly reason: string }[];
  /** Recipients whose delivery another arrival of this mail has: nothing was sent for them. */
  readonly repeats: readonly { readonly recipient: string; readonly arrivalId: string }[];
  readonly sender: string;
  readonly subject: string | null;
}

/** Watches what parse-mail does: the local run prints it. Must not throw. */
export type HandledMailObserver = (handled: HandledMail) => void;

/** The account's SES rule sets. */
export interface ReceiptRuleSets {
  /** The name of the active rule set, or undefined when none is. */
  readActiveRuleSet(): Promise<string | undefined>;
  /** Makes a rule set the active one; undefined leaves none active. */
  activateRuleSet(name: string | undefined): Promise<void>;
}

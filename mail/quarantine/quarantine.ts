import type { ArrivedMail } from '../contracts/arrived-mail.ts';

/** Why a mail is in quarantine. */
export interface QuarantineReason {
  /** For people, in one sentence. */
  readonly reason: string;
  /**
   * `rule`, `unlisted-recipient` or `virus`; a code of `docs/errors.md`; `process-died` where the
   * mail ended its process each time; `never-taken`, `drop-failed` and `reconcile-failed` for what
   * ended in a dead-letter queue.
   */
  readonly code: string;
}

/** What is kept of a mail in quarantine, beside its raw bytes. */
export interface HeldMail extends QuarantineReason {
  /** The `arrivalId`, or `message-` and the id of a queue's message. */
  readonly heldId: string;
  /** When it came in, ISO 8601 in UTC. */
  readonly receivedAt: string;
  /** As it arrived, with the recipients that are concerned; null for a message. */
  readonly arrived: ArrivedMail | null;
  /** The message, where that is all there is; cut to {@link MAX_MESSAGE_CHARACTERS}. */
  readonly message: string | null;
  /** Which of our own queues a message belongs to; null for a mail. */
  readonly queue: string | null;
  /** Null where the mail was not read. */
  readonly mailId: string | null;
  /** How often it was taken. */
  readonly attempts: number;
  /** Where the last error happened: frames only, no message. */
  readonly stack: string | null;
  readonly versions: { readonly postroom: string; readonly node: string };
}

/** A message that is held: it announces no mail, or none that could be let in. */
export interface HeldMessage extends HeldMail {
  readonly arrived: null;
  readonly message: string;
  readonly queue: string;
}

/** LIMIT: what is kept of a message. DynamoDB takes 400 KB in a row. */
export const MAX_MESSAGE_CHARACTERS = 60_000;

/** What has become of a held mail. */
export type HeldState = 'held' | 'retried' | 'released' | 'deleted';

/** A row of the quarantine. */
export interface HeldRow extends HeldMail {
  readonly state: HeldState;
  /** ISO 8601 in UTC. */
  readonly heldAt: string;
}

/** Keeps what is known of mail in quarantine. */
export interface QuarantineWriter {
  /**
   * Writes a mail's row, over an earlier one: it may come there again for another reason.
   *
   * @throws {PeerUnavailableError}
   */
  holdMail(held: HeldMail): Promise<void>;
  /**
   * Writes a message's row unless it has one.
   *
   * @returns What was held first, whatever has become of it.
   * @throws {PeerUnavailableError}
   */
  holdMessage(held: HeldMessage): Promise<HeldMessage>;
}

/** The quarantine as a person works with it. */
export interface QuarantineDesk {
  /** Rows of mail that arrived in these days (`2026-11-24`, in UTC), the oldest first. */
  listHeld(days: readonly string[]): Promise<readonly HeldRow[]>;
  /** Says what became of a row, unless its mail is held anew since the row was read. */
  markHeld(row: HeldRow, state: HeldState): Promise<void>;
}

/** The frames of an error's stack, without its message, which may carry what we must not keep. */
export function readStackFrames(error: unknown): string | null {
  if (!(error instanceof Error) || error.stack === undefined) return null;
  const frames = error.stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, 12).join('\n') || null;
}

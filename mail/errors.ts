/** Values that say where an error happened. Never a subject, an address, a body or a credential. */
export type ErrorFields = Readonly<Record<string, string | number | boolean>>;

/** Every code an error of ours can carry; `docs/errors.md` has a row for each. */
export type ErrorCode =
  | 'configuration-invalid'
  | 'configuration-unreadable'
  | 'event-malformed'
  | 'event-not-ours'
  | 'limit-exceeded'
  | 'peer-unavailable'
  | 'arrival-busy'
  | 'claim-lost'
  | 'deadline-near'
  | 'peer-protocol'
  | 'peer-throttled'
  | 'peer-authentication'
  | 'credential-missing'
  | 'folder-missing'
  | 'mailbox-read-only'
  | 'mailbox-unsuitable';

interface ErrorOptions {
  readonly fields?: ErrorFields;
  readonly cause?: unknown;
}

/**
 * The operation cannot go on. `isRetryable` is the whole answer to "does trying again help"; an
 * error that is not a `PostroomError` counts as retryable.
 */
export abstract class PostroomError extends Error {
  /** Literal in each class: a bundle shortens what classes are called. */
  abstract override readonly name: string;
  abstract readonly code: ErrorCode;
  abstract readonly isRetryable: boolean;
  readonly fields: ErrorFields;

  constructor(message: string, { fields = {}, cause }: ErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.fields = fields;
  }
}

/** One thing wrong in `postroom.config.ts`. */
export interface ConfigurationFault {
  /** The member, as it is written in the file: `rules[2].then[0].queue`. Empty for the whole. */
  readonly path: string;
  /** What is wrong, what was expected and what came, in one sentence. */
  readonly message: string;
}

/** The configuration cannot be used. Says every fault, not just the first. */
export class ConfigurationError extends PostroomError {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration-invalid';
  readonly isRetryable = false;
  readonly faults: readonly ConfigurationFault[];

  constructor(faults: readonly ConfigurationFault[]) {
    const lines = faults.map(({ path, message }) =>
      path === '' ? message : `${path}: ${message}`,
    );
    super(lines.join('\n'), { fields: { faults: faults.length } });
    this.faults = faults;
  }
}

/** `postroom.config.ts` is missing, does not compile, or does not export a configuration. */
export class ConfigurationUnreadableError extends PostroomError {
  override readonly name = 'ConfigurationUnreadableError';
  readonly code = 'configuration-unreadable';
  readonly isRetryable = false;
}

/** What came in is not what the sender of such events promises. */
export class EventError extends PostroomError {
  override readonly name = 'EventError';
  readonly isRetryable = false;
  readonly code: 'event-malformed' | 'event-not-ours';

  constructor(code: 'event-malformed' | 'event-not-ours', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A mail is larger than a limit of ours. */
export class LimitExceededError extends PostroomError {
  override readonly name = 'LimitExceededError';
  readonly code = 'limit-exceeded';
  readonly isRetryable = false;
}

/** A service did not do what it was asked; it may later. */
export class PeerUnavailableError extends PostroomError {
  override readonly name = 'PeerUnavailableError';
  readonly code = 'peer-unavailable';
  readonly isRetryable = true;
}

/** A server does not keep to its protocol: nothing that it says from here on can be relied on. */
export class PeerProtocolError extends PostroomError {
  override readonly name = 'PeerProtocolError';
  readonly code = 'peer-protocol';
  readonly isRetryable = true;
}

/** A server asks us to come later. That is no refusal. */
export class PeerThrottledError extends PostroomError {
  override readonly name = 'PeerThrottledError';
  readonly code = 'peer-throttled';
  readonly isRetryable = true;
  /** How long it wants to be left alone, in milliseconds; undefined where it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs: number | undefined, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A server refused who we say we are: trying the same credential again soon is harmful. */
export class PeerAuthenticationError extends PostroomError {
  override readonly name = 'PeerAuthenticationError';
  readonly code = 'peer-authentication';
  readonly isRetryable = false;
}

type MailboxErrorCode =
  'credential-missing' | 'folder-missing' | 'mailbox-read-only' | 'mailbox-unsuitable';

/** A mailbox is not what its configuration says, or cannot do what is asked of it. */
export class MailboxError extends PostroomError {
  override readonly name = 'MailboxError';
  readonly isRetryable = false;
  readonly code: MailboxErrorCode;

  constructor(code: MailboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Another invocation handles this arrival now; when it dies, its lease ends. */
export class ArrivalBusyError extends PostroomError {
  override readonly name = 'ArrivalBusyError';
  readonly code = 'arrival-busy';
  readonly isRetryable = true;
  /** When the lease ends: before that, trying again is in vain. Milliseconds since 1970. */
  readonly leaseUntilMs: number;

  constructor(leaseUntilMs: number) {
    super('another invocation handles this arrival');
    this.leaseUntilMs = leaseUntilMs;
  }
}

/** Another has taken the arrival, or the mailbox: what this holder wanted to write is refused. */
export class ClaimLostError extends PostroomError {
  override readonly name = 'ClaimLostError';
  readonly code = 'claim-lost';
  readonly isRetryable = true;
}

/** The function ends soon: what was not begun is handed back. */
export class DeadlineNearError extends PostroomError {
  override readonly name = 'DeadlineNearError';
  readonly code = 'deadline-near';
  readonly isRetryable = true;
}

/** What a person at a command line reads of an error: its message, never its stack. */
export const describeError = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

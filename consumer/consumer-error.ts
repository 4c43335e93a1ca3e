/**
 * What a consumer can meet; `docs/consumer.md` says what to do about each. No message carries what a
 * mail says.
 */
export type ConsumerErrorCode =
  /** The message is no event of this version of the contract. */
  | 'event-malformed'
  /** The message points at another bucket than the one that the consumer was given. */
  | 'event-not-ours'
  /** The object of a claim check is not the one that was announced. */
  | 'claim-altered'
  /** The object is not there, or cannot be read. */
  | 'object-unreadable'
  /** The mail has no such part. */
  | 'part-missing'
  /** The mail has more parts, or larger headers, than Postroom reads. */
  | 'mail-unreadable';

/** A message of the queue, or what it points at, cannot be read. */
export class ConsumerError extends Error {
  override readonly name = 'ConsumerError';
  readonly code: ConsumerErrorCode;

  constructor(code: ConsumerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

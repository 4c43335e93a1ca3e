import type { Readable } from 'node:stream';
import type { ArrivalNotice } from '../contracts/arrived-mail.ts';
import type { ObjectAddress } from './ports.ts';

/** An object as it was when something was told of it. */
export interface StoredObject extends ObjectAddress {
  /** Of a bucket that keeps versions; undefined of one that does not. */
  readonly versionId: string | undefined;
  /** What S3 calls these bytes. */
  readonly eTag: string;
  readonly bytes: number;
}

/** The beginning of an object, and what its writer said beside it. */
export interface ObjectHead {
  readonly bytes: Buffer;
  /** By lower-case name. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The same each time that it is asked for. */
  readonly storedAt: Date;
}

/** Reads how an object begins. */
export interface ObjectHeadReader {
  /**
   * Reads at most so many bytes of an object that has at least one.
   *
   * @throws {PeerUnavailableError} When the store does not answer, or has these bytes no more.
   */
  readHead(
    object: ObjectAddress & Partial<Pick<StoredObject, 'versionId' | 'eTag'>>,
    maxBytes: number,
  ): Promise<ObjectHead>;
}

/** Copies objects without their bytes passing through here. */
export interface ObjectCopier {
  /**
   * Copies the bytes and nothing else. Doing it again is harmless.
   *
   * @throws {PeerUnavailableError} When the store does not answer, or has these bytes no more.
   */
  copyObject(source: StoredObject, target: ObjectAddress): Promise<void>;
}

/** Says in the arrivals queue that a mail is stored. */
export interface ArrivalAnnouncer {
  /** @throws {PeerUnavailableError} */
  announceArrival(notice: ArrivalNotice): Promise<void>;
}

/** Says of several mails at once that they are stored. */
export interface ArrivalBatchAnnouncer {
  /**
   * @param notices Ten at the most.
   * @throws {PeerUnavailableError} After which some may have been announced.
   */
  announceArrivals(notices: readonly ArrivalNotice[]): Promise<void>;
}

/** Keeps raw mail as it came in. */
export interface RawMailWriter {
  /**
   * Writes a mail. Doing it again is harmless. A stream is read to its end; where it fails, its
   * error is thrown as it is, and nothing is kept.
   *
   * @throws {PeerUnavailableError} When the store does not take it.
   */
  writeRawMail(address: ObjectAddress, content: Buffer | Readable): Promise<void>;
}

/** Puts messages into queues of our own as they are. */
export interface QueueWriter {
  /**
   * @param queue One of our own queues, by its name in the configuration: `arrivals`.
   * @throws {PeerUnavailableError}
   */
  writeMessage(queue: string, body: string): Promise<void>;
}

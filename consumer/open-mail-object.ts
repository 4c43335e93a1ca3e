import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ConsumerError } from './consumer-error.ts';

/** Where Postroom keeps mail. */
export interface MailStore {
  /** May read objects of the mail bucket. */
  readonly s3: S3Client;
  /** The mail bucket's name: nothing is read anywhere else, whatever a message says. */
  readonly mailBucket: string;
}

/** Where an object is. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Opens an object of the mail bucket. The caller reads the stream to its end or destroys it.
 *
 * @throws {ConsumerError} `event-not-ours` for another bucket, `object-unreadable`.
 */
export async function openMailObject(
  { s3, mailBucket }: MailStore,
  { bucket, key }: ObjectAddress,
): Promise<Readable> {
  // SECURITY: whoever can write to the queue must not choose what this service reads.
  if (bucket !== mailBucket) {
    throw new ConsumerError('event-not-ours', 'expected an object of the mail bucket');
  }
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body instanceof Readable) return Body;
  } catch (cause) {
    throw new ConsumerError('object-unreadable', 'S3 does not give the object', cause);
  }
  throw new ConsumerError('object-unreadable', 'S3 answered without a body');
}

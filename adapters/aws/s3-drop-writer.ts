import { randomUUID } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

/** LIMIT: bytes of a mail that are held at once, the least part that S3 takes. */
const PART_BYTES = 5 * 1024 * 1024;

/** A mail for the drop bucket. */
export interface DroppedMail {
  /** What people know it by: the end of its key. */
  readonly name: string;
  readonly body: Readable;
  /** Envelope recipients. None: the headers say them. */
  readonly recipients: readonly string[];
  /** Envelope sender, empty for the null sender. Undefined: the headers say it. */
  readonly sender: string | undefined;
}

/** An object as S3 wrote it. */
export interface WrittenDrop {
  readonly bucket: string;
  readonly key: string;
  readonly eTag: string;
  readonly bytes: number;
}

const writeMetadata = ({ recipients, sender }: DroppedMail): Record<string, string> => ({
  ...(recipients.length === 0 ? {} : { to: recipients.join(', ') }),
  ...(sender === undefined ? {} : { from: sender === '' ? '<>' : sender }),
});

/** Streams a mail into a drop bucket, under a key that no other has. What S3 answers passes through. */
export async function writeDrop(
  s3: S3Client,
  bucket: string,
  mail: DroppedMail,
): Promise<WrittenDrop> {
  const key = `${randomUUID()}/${mail.name}`;
  let bytes = 0;
  const counter = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      done(null, piece);
    },
  });
  mail.body.once('error', (error) => counter.destroy(error));
  const { ETag = '' } = await new Upload({
    client: s3,
    params: {
      Bucket: bucket,
      Key: key,
      Body: mail.body.pipe(counter),
      Metadata: writeMetadata(mail),
    },
    partSize: PART_BYTES,
    queueSize: 1,
  }).done();
  return { bucket, key, eTag: ETag.replaceAll('"', ''), bytes };
}

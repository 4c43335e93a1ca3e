import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Readable } from 'node:stream';
import type { RawMailWriter } from '../../mail/ports/door-ports.ts';
import type { ObjectAddress } from '../../mail/ports/ports.ts';
import { callAws } from './call-aws.ts';

/** LIMIT: bytes of a mail that are held at once, the least part that S3 takes. */
const PART_BYTES = 5 * 1024 * 1024;

/**
 * Sends a stream in parts, one at a time. Where it fails, the parts are taken back: the bucket's
 * rule against unfinished uploads does it, should that fail too.
 */
async function uploadStream(
  s3: S3Client,
  { bucket, key }: ObjectAddress,
  content: Readable,
): Promise<void> {
  const upload = new Upload({
    client: s3,
    params: { Bucket: bucket, Key: key, Body: content },
    partSize: PART_BYTES,
    queueSize: 1,
  });
  try {
    await callAws('S3', () => upload.done());
  } catch (error) {
    const { errored } = content;
    // A mail that could not be read is no fault of the store; an upload that fails ends its stream
    // with an error of another kind.
    if (error instanceof Error && errored !== null && error.cause === errored) throw errored;
    throw error;
  } finally {
    // Nobody reads on: a stream that still flowed would hold its connection.
    content.destroy();
  }
}

/** Keeps raw mail in S3: small mail in one request, streams in parts of 5 MiB. */
export const createS3RawMailWriter = (s3: S3Client): RawMailWriter => ({
  async writeRawMail(address, content) {
    if (!Buffer.isBuffer(content)) {
      await uploadStream(s3, address, content);
      return;
    }
    const { bucket, key } = address;
    await callAws('S3', () =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content })),
    );
  },
});

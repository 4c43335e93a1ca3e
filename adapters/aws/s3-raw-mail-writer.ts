import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { finished } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { RawMailWriter } from '../../mail/ports/door-ports.ts';
import type { ObjectAddress } from '../../mail/ports/ports.ts';
import { callAws } from './call-aws.ts';

/** LIMIT: bytes of a mail that are held at once, the least part that S3 takes. */
const PART_BYTES = 5 * 1024 * 1024;

/** The error that a stream ended with, if it did. */
async function readStreamError(stream: Readable): Promise<unknown> {
  try {
    await finished(stream, { writable: false });
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Sends a stream in parts, one at a time. Where it fails, the parts are taken back: the bucket's
 * rule against unfinished uploads does it, should that fail too.
 */
async function uploadStream(s3: S3Client, { bucket, key }: ObjectAddress, content: Readable) {
  const failure = readStreamError(content);
  const upload = new Upload({
    client: s3,
    params: { Bucket: bucket, Key: key, Body: content },
    partSize: PART_BYTES,
    queueSize: 1,
  });
  try {
    await callAws('S3', () => upload.done());
  } catch (error) {
    // Nobody reads on: a stream that still flowed would hold its connection.
    content.destroy();
    const cause = await failure;
    // A mail that could not be read is no fault of the store.
    if (isOwnFailure(cause)) throw cause;
    throw error;
  }
}

/** Whether a stream failed by itself, and not because it was destroyed. */
const isOwnFailure = (cause: unknown): cause is Error =>
  cause instanceof Error && !('code' in cause && cause.code === 'ERR_STREAM_PREMATURE_CLOSE');

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

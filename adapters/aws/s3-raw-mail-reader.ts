import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { PeerUnavailableError } from '../../mail/errors.ts';
import type { RawMailReader } from '../../mail/ports/ports.ts';
import { callAws } from './call-aws.ts';

/** Reads raw mail from S3. */
export const createS3RawMailReader = (s3: S3Client): RawMailReader => ({
  async openRawMail({ bucket, key }) {
    const { Body } = await callAws('S3', () =>
      s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
    );
    if (Body instanceof Readable) return Body;
    throw new PeerUnavailableError('S3 answered without a body', { fields: { peer: 'S3' } });
  },
});

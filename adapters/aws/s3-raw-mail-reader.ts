import { PassThrough, Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { PeerUnavailableError } from '../../mail/errors.ts';
import type { RawMailReader } from '../../mail/ports/ports.ts';
import { callAws } from './call-aws.ts';

/** Sockets name their errors by a code. */
const readName = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name;

/** Passes a body on; where it breaks off, that is an error of ours. */
function wrapBody(body: Readable): Readable {
  const stream = new PassThrough();
  body.once('error', (cause) => {
    const fields = { peer: 'S3', name: readName(cause) };
    stream.destroy(new PeerUnavailableError('S3 stopped in the middle', { fields, cause }));
  });
  // A reader that leaves early must not keep the socket.
  stream.once('close', () => body.destroy());
  return body.pipe(stream);
}

/** Reads raw mail from S3. */
export const createS3RawMailReader = (s3: S3Client): RawMailReader => ({
  async openRawMail({ bucket, key }) {
    const { Body } = await callAws('S3', () =>
      s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
    );
    if (Body instanceof Readable) return wrapBody(Body);
    throw new PeerUnavailableError('S3 answered without a body', { fields: { peer: 'S3' } });
  },
});

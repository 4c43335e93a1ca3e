import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { CopyObjectCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { PeerUnavailableError } from '../../mail/errors.ts';
import type { ObjectCopier, ObjectHeadReader } from '../../mail/ports/door-ports.ts';
import { callAws } from './call-aws.ts';

/** S3 takes the source of a copy as a part of an address. */
const writeCopySource = (bucket: string, key: string, versionId: string | undefined): string => {
  const path = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
};

/** Reads how objects of S3 begin, and copies them within S3. */
export const createS3ObjectStore = (s3: S3Client): ObjectHeadReader & ObjectCopier => ({
  async readHead({ bucket, key, versionId, eTag }, maxBytes) {
    const { Body, Metadata, LastModified } = await callAws('S3', () =>
      s3.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          VersionId: versionId,
          // Without versions other bytes may stand there by now, which have an event of their own.
          ...(versionId === undefined && eTag !== undefined ? { IfMatch: `"${eTag}"` } : {}),
          Range: `bytes=0-${maxBytes - 1}`,
        }),
      ),
    );
    if (!(Body instanceof Readable) || LastModified === undefined) {
      throw new PeerUnavailableError('S3 answered without a body', { fields: { peer: 'S3' } });
    }
    return {
      bytes: await callAws('S3', () => buffer(Body)),
      metadata: new Map(Object.entries(Metadata ?? {})),
      storedAt: LastModified,
    };
  },

  async copyObject({ bucket, key, versionId, eTag }, target) {
    await callAws('S3', () =>
      s3.send(
        new CopyObjectCommand({
          Bucket: target.bucket,
          Key: target.key,
          CopySource: writeCopySource(bucket, key, versionId),
          ...(versionId === undefined ? { CopySourceIfMatch: `"${eTag}"` } : {}),
          // What stands beside the bytes names people; it goes into the notice and no further.
          MetadataDirective: 'REPLACE',
          TaggingDirective: 'REPLACE',
        }),
      ),
    );
  },
});

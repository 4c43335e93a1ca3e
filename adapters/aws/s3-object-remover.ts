import {
  DeleteObjectCommand,
  HeadObjectCommand,
  NotFound,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../../mail/ports/ports.ts';
import { askAws } from './ask-aws.ts';

/** An object, or one version of it. */
export type ObjectVersion = ObjectAddress & { readonly versionId?: string };

/** Finds and removes objects, for the command line. Each method throws {@link PeerUnavailableError}. */
export interface ObjectRemover {
  /** The object's size; undefined when there is none. */
  measureObject(address: ObjectAddress): Promise<number | undefined>;
  /**
   * Removes an object, or a version of one for good; harmless when there is none. Where a bucket
   * keeps versions and none is named, they stay until they expire.
   */
  removeObject(address: ObjectVersion): Promise<void>;
}

/** Finds and removes objects of S3. */
export const createS3ObjectRemover = (s3: S3Client): ObjectRemover => ({
  measureObject: ({ bucket, key }) =>
    askAws('s3:GetObject', async () => {
      try {
        const { ContentLength = 0 } = await s3.send(
          new HeadObjectCommand({ Bucket: bucket, Key: key }),
        );
        return ContentLength;
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    }),
  async removeObject({ bucket, key, versionId }) {
    const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
    await askAws(action, () =>
      s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId })),
    );
  },
});

import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../../mail/ports/ports.ts';
import { askAws } from './ask-aws.ts';

/** An object in a list. */
export interface ListedObject extends ObjectAddress {
  readonly bytes: number;
  readonly storedAtMs: number;
}

/**
 * Lists the objects below a prefix, for the command line: up to 1,000 at once.
 *
 * @throws {PeerUnavailableError}
 */
export async function* listObjects(
  s3: S3Client,
  bucket: string,
  prefix: string,
): AsyncGenerator<readonly ListedObject[]> {
  let token: string | undefined;
  do {
    const { Contents = [], NextContinuationToken } = await askAws('s3:ListBucket', () =>
      s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
      ),
    );
    yield Contents.map(({ Key = '', Size = 0, LastModified }) => ({
      bucket,
      key: Key,
      bytes: Size,
      storedAtMs: LastModified?.getTime() ?? 0,
    }));
    token = NextContinuationToken;
  } while (token !== undefined);
}

import {
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../../mail/ports/ports.ts';
import { askAws } from './ask-aws.ts';

/** An object in a list. */
export interface ListedObject extends ObjectAddress {
  /** Undefined where the bucket keeps none, or was not asked for them. */
  readonly versionId?: string;
  /** What S3 calls these bytes. */
  readonly eTag: string;
  readonly bytes: number;
  readonly storedAtMs: number;
}

const readETag = (written = ''): string => written.replaceAll('"', '');

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
    yield Contents.map(({ Key = '', ETag, Size = 0, LastModified }) => ({
      bucket,
      key: Key,
      eTag: readETag(ETag),
      bytes: Size,
      storedAtMs: LastModified?.getTime() ?? 0,
    }));
    token = NextContinuationToken;
  } while (token !== undefined);
}

/** S3's name of a version that was written while a bucket kept none. */
const NO_VERSION = 'null';

/**
 * Lists all versions of all objects of a bucket, for the command line: up to 1,000 at once.
 *
 * @throws {PeerUnavailableError}
 */
export async function* listVersions(
  s3: S3Client,
  bucket: string,
): AsyncGenerator<readonly ListedObject[]> {
  let from: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
  while (from !== undefined) {
    const input: ListObjectVersionsCommandInput = { Bucket: bucket, ...from };
    const {
      Versions = [],
      NextKeyMarker,
      NextVersionIdMarker,
    } = await askAws('s3:ListBucketVersions', () => s3.send(new ListObjectVersionsCommand(input)));
    yield Versions.map(({ Key = '', VersionId = NO_VERSION, ETag, Size = 0, LastModified }) => ({
      bucket,
      key: Key,
      ...(VersionId === NO_VERSION ? {} : { versionId: VersionId }),
      eTag: readETag(ETag),
      bytes: Size,
      storedAtMs: LastModified?.getTime() ?? 0,
    }));
    from =
      NextKeyMarker === undefined
        ? undefined
        : {
            KeyMarker: NextKeyMarker,
            ...(NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker }),
          };
  }
}

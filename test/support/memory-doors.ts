import { createHash } from 'node:crypto';
import { PeerUnavailableError } from '../../mail/errors.ts';
import type { ArrivalNotice } from '../../mail/contracts/arrived-mail.ts';
import type {
  ArrivalAnnouncer,
  ObjectCopier,
  ObjectHeadReader,
  StoredObject,
} from '../../mail/ports/door-ports.ts';
import type { ObjectAddress } from '../../mail/ports/ports.ts';

/** What an object of a test holds. */
export interface MemoryObject {
  readonly bytes: Buffer;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Buckets and the arrivals queue of one test, in memory. */
export interface MemoryDoors {
  /** By `bucket/key`, and `bucket/key?version` of those that have one. */
  readonly stored: Map<string, MemoryObject>;
  readonly notices: ArrivalNotice[];
  readonly objects: ObjectHeadReader & ObjectCopier;
  readonly arrivals: ArrivalAnnouncer;
}

/** When every object of a test was stored. */
export const STORED_AT = new Date('2026-11-24T08:59:58.000Z');

/** What S3 calls the bytes of an object that came in one piece. */
export const computeETag = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

const missing = (name: string): PeerUnavailableError =>
  new PeerUnavailableError(`S3 answered ${name}`, { fields: { peer: 'S3', name } });

/** Makes the ports of the object doors over plain memory. */
export function createMemoryDoors(): MemoryDoors {
  const stored = new Map<string, MemoryObject>();
  const notices: ArrivalNotice[] = [];
  const find = ({
    bucket,
    key,
    versionId,
    eTag,
  }: ObjectAddress & Partial<Pick<StoredObject, 'versionId' | 'eTag'>>): MemoryObject => {
    const found = stored.get(`${bucket}/${key}${versionId === undefined ? '' : `?${versionId}`}`);
    if (found === undefined) throw missing('NoSuchKey');
    if (versionId === undefined && eTag !== undefined && eTag !== computeETag(found.bytes)) {
      throw missing('PreconditionFailed');
    }
    return found;
  };
  return {
    stored,
    notices,
    objects: {
      async readHead(object, maxBytes) {
        const { bytes, metadata = {} } = await Promise.resolve(object).then(find);
        return {
          bytes: bytes.subarray(0, maxBytes),
          metadata: new Map(Object.entries(metadata)),
          storedAt: STORED_AT,
        };
      },
      async copyObject(source, { bucket, key }) {
        const { bytes } = await Promise.resolve(source).then(find);
        stored.set(`${bucket}/${key}`, { bytes });
      },
    },
    arrivals: {
      announceArrival(notice) {
        notices.push(notice);
        return Promise.resolve();
      },
    },
  };
}

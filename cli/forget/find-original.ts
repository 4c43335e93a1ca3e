import type { ListedObject } from '../../adapters/aws/s3-object-lister.ts';
import { createDropArrivalId } from '../../mail/identity/identities.ts';

/** Gives the object in the drop bucket that an arrival came from, as long as it is there. */
export type OriginalFinder = (arrivalId: string) => Promise<ListedObject | undefined>;

/**
 * Finds originals by what arrivals are named after: the object's key and version. No byte of one is
 * read; the bucket, which forgets after 15 days, is listed at the first question.
 */
export function createOriginalFinder(
  listDrops: () => AsyncIterable<readonly ListedObject[]>,
): OriginalFinder {
  const listByArrival = async (): Promise<ReadonlyMap<string, ListedObject>> => {
    const originals = new Map<string, ListedObject>();
    for await (const page of listDrops()) {
      for (const object of page) {
        originals.set(createDropArrivalId(object.key, object.versionId ?? object.eTag), object);
      }
    }
    return originals;
  };
  let listed: ReturnType<typeof listByArrival> | undefined;
  return async (arrivalId) => {
    listed ??= listByArrival();
    return (await listed).get(arrivalId);
  };
}

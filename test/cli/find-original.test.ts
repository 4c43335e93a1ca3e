import { expect, it } from 'vitest';
import { createOriginalFinder } from '../../cli/forget/find-original.ts';
import { createDropArrivalId } from '../../mail/identity/identities.ts';

it('finds each version of a dropped object by its arrival, and lists the bucket once', async () => {
  let listings = 0;
  const object = { bucket: 'drops', key: 'a.eml', eTag: 'e', bytes: 7, storedAtMs: 0 };
  const versions = [
    { ...object, versionId: 'v2' },
    { ...object, versionId: 'v1' },
  ];
  const find = createOriginalFinder(async function* list() {
    listings += 1;
    yield await Promise.resolve(versions);
    yield [{ ...object, key: 'b.eml' }];
  });
  expect(await find(createDropArrivalId('a.eml', 'v1'))).toEqual(versions[1]);
  expect(await find(createDropArrivalId('a.eml', 'v2'))).toEqual(versions[0]);
  expect(await find(createDropArrivalId('b.eml', 'e'))).toMatchObject({ key: 'b.eml' });
  expect(await find(createDropArrivalId('a.eml', 'e'))).toBeUndefined();
  expect(listings).toBe(1);
});

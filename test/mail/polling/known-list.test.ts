import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createListKey,
  parseKnownList,
  readDayNumber,
  writeKnownList,
} from '../../../mail/polling/known-list.ts';

const KEY = '00112233445566778899aabb';

describe('a list of known mails', () => {
  it('is read as it was written, in the order of its keys', () => {
    const key = fc
      .uint8Array({ minLength: 12, maxLength: 12 })
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.integer({ min: 0, max: 65_535 }))), (entries) => {
        const list = new Map(entries);
        const read = parseKnownList(writeKnownList(list));
        expect(read).toEqual(list);
        expect([...(read?.keys() ?? [])]).toEqual([...list.keys()].toSorted());
      }),
    );
  });

  it('has this form, which lists in S3 have', () => {
    expect(writeKnownList(new Map([[KEY, 20_781]])).toString('hex')).toBe(
      `504b4c3100000001${KEY}512d`,
    );
  });

  it('is lost where a byte is missing, or one too many, or another form', () => {
    const bytes = writeKnownList(new Map([[KEY, 1]]));
    expect(parseKnownList(bytes.subarray(0, -1))).toBeUndefined();
    expect(parseKnownList(Buffer.concat([bytes, Buffer.from([0])]))).toBeUndefined();
    expect(parseKnownList(Buffer.from('PKL2\0\0\0\0'))).toBeUndefined();
    expect(parseKnownList(Buffer.alloc(0))).toBeUndefined();
  });

  it('takes a day that its form does not hold for the last one', () => {
    for (const [day, read] of [
      [-1, 0],
      [65_535, 65_535],
      [65_536, 65_535],
    ] as const) {
      expect(parseKnownList(writeKnownList(new Map([[KEY, day]])))?.get(KEY)).toBe(read);
    }
  });

  it('of 10,000 mails has 140 KB', () => {
    const list = new Map(
      Array.from({ length: 10_000 }, (_, index) => [createListKey('', `id-${index}`), 1] as const),
    );
    expect(writeKnownList(list)).toHaveLength(140_008);
  });

  it('knows a mail by generation and id together', () => {
    expect(createListKey('1', '23')).not.toBe(createListKey('12', '3'));
    expect(createListKey('', 'id')).toMatch(/^[0-9a-f]{24}$/);
  });

  it('counts days in UTC', () => {
    expect(readDayNumber(Date.parse('2026-11-24T23:59:59.999Z'))).toBe(20_781);
    expect(readDayNumber(Date.parse('2026-11-25T00:00:00.000Z'))).toBe(20_782);
  });
});

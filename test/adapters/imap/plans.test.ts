import { describe, expect, it } from 'vitest';
import { parseUid } from '../../../adapters/imap/parse-uid.ts';
import { planFetches } from '../../../adapters/imap/plan-fetches.ts';
import { planUidSets } from '../../../adapters/imap/plan-uid-sets.ts';
import { listed } from './open-scripted.ts';

const texts = (uids: readonly number[], setUids = 1000, setCharacters = 4000) =>
  planUidSets(uids, { setUids, setCharacters }).map(({ text }) => text);

describe('sets of UIDs', () => {
  it('pack what follows without a gap, and name nothing else', () => {
    expect(texts([1, 2, 3, 5, 7, 8])).toEqual(['1:3,5,7:8']);
  });

  it('are in order and have each UID once', () => {
    expect(texts([9, 2, 9, 1])).toEqual(['1:2,9']);
  });

  it('are none for no UIDs', () => {
    expect(texts([])).toEqual([]);
  });

  it.each([
    ['below', [1, 2], ['1:2']],
    ['at', [1, 2, 3], ['1:3']],
    ['above', [1, 2, 3, 4], ['1:3', '4']],
  ])('are split where their number is %s the limit', (_title, uids, sets) => {
    expect(texts(uids, 3)).toEqual(sets);
  });

  it.each([
    ['below', [10, 20], ['10,20']],
    ['at', [10, 20, 30], ['10,20,30']],
    ['above', [10, 20, 30, 40], ['10,20,30', '40']],
  ])('are split where their characters are %s the limit', (_title, uids, sets) => {
    expect(texts(uids, 1000, 9)).toEqual(sets);
  });
});

describe('a set of UIDs without a gap', () => {
  it('is as long as it is written, however many they are', () => {
    const uids = Array.from({ length: 1000 }, (_, index) => index + 1);
    expect(texts(uids, 1000, 6)).toEqual(['1:1000']);
    expect(texts(uids, 1000, 5)).toEqual(['1:999', '1000']);
  });
});

describe('fetches', () => {
  const bounds = { maxBufferedBytes: 100, batchBytes: 250 };
  const plan = (...sizes: readonly number[]) =>
    planFetches(listed(...sizes), bounds).map((fetch) =>
      fetch.kind === 'parts' ? `parts ${fetch.mail.id}` : fetch.mails.map(({ id }) => id).join(' '),
    );

  it.each([
    ['below', 99, ['1']],
    ['at', 100, ['1']],
    ['above', 101, ['parts 1']],
  ])('bring a mail %s the limit of what is held whole so', (_title, bytes, fetches) => {
    expect(plan(bytes)).toEqual(fetches);
  });

  it.each([
    ['below', [100, 100, 49], ['1 2 3']],
    ['at', [100, 100, 50], ['1 2 3']],
    ['above', [100, 100, 51], ['1 2', '3']],
  ])('bring mails %s the limit of one command so', (_title, sizes, fetches) => {
    expect(plan(...sizes)).toEqual(fetches);
  });

  it('keep the order of the mails', () => {
    expect(plan(10, 500, 10, 10)).toEqual(['1', 'parts 2', '3 4']);
  });
});

describe('the id of a mail', () => {
  it.each([
    ['1', 1],
    ['4294967295', 4_294_967_295],
  ])('is a UID: %s', (id, uid) => {
    expect(parseUid({ id })).toBe(uid);
  });

  it.each(['0', '4294967296', '1:*', '', 'abc', '1.5', '1\r\n'])('is no UID: %j', (id) => {
    expect(() => parseUid({ id })).toThrow(RangeError);
  });
});

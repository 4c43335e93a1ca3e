import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDate } from '../../../mail/message/parse-date.ts';

describe('parseDate', () => {
  it.each([
    ['Tue, 24 Nov 2026 10:00:00 +0100', '2026-11-24T09:00:00.000Z'],
    ['24 Nov 2026 10:00 -0330', '2026-11-24T13:30:00.000Z'],
    ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06.000Z'],
    ['Tue, 24 Nov 26 10:00:00 EST', '2026-11-24T15:00:00.000Z'],
    ['24 Nov 99 10:00:00 Z', '1999-11-24T10:00:00.000Z'],
    ['24 Nov 126 10:00:00 Z', '2026-11-24T10:00:00.000Z'],
    ['Tue, 24 Nov 2026 10:00:00 +0000 (UTC (really))', '2026-11-24T10:00:00.000Z'],
    ['31 Dec 9999 23:59:59 +0000', '9999-12-31T23:59:59.000Z'],
    ['1 Jan 2026 10:00:00 +9959', '2025-12-28T06:01:00.000Z'],
    ['Sat, 31 Dec 2016 23:59:60 +0000', '2017-01-01T00:00:00.000Z'],
  ])('reads %s', (value, expected) => {
    expect(parseDate(value)).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '31 Feb 2026 10:00:00 +0000',
    '24 Nov 2026 24:00:00 +0000',
    '24 Foo 2026 10:00:00 +0000',
    '24 Nov 0026 10:00:00 +0000',
    '31 Feb 2026 10:00:60 +0000',
    '31 Dec 9999 23:59:59 -0001',
    '1 Jan 2026 10:00:00 +0060',
    '2026-11-24T10:00:00Z',
    'Wed, 15 Dec 2010    59:10 -0500',
  ])('invents nothing for %j', (value) => {
    expect(parseDate(value)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (value) => {
        const date = parseDate(value);
        expect(date === null || !Number.isNaN(Date.parse(date))).toBe(true);
      }),
      { seed: 1 },
    );
  });
});

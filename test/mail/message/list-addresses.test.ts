import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listAddresses } from '../../../mail/message/list-addresses.ts';

describe('the addresses of a list', () => {
  it.each([
    ['a@example.com', ['a@example.com']],
    ['Ann <a@example.com>, b@example.com', ['a@example.com', 'b@example.com']],
    ['"Doe, Jane" <jane@example.com>', ['jane@example.com']],
    ['"evil@example.org" <jane@example.com>', ['jane@example.com']],
    ['jane@example.com (Jane, evil@example.org)', ['jane@example.com']],
    ['a@example.com (5" (nested) screen), b@example.com', ['a@example.com', 'b@example.com']],
    ['Team: a@example.com, B <b@example.com>;', ['a@example.com', 'b@example.com']],
    ['undisclosed-recipients:;', []],
    ['<>', []],
    ['', []],
    ['Ann <a@example.com', ['a@example.com']],
    ['"never closed <a@example.com>', []],
    ['no address, x@, @y, a b@example.com', []],
  ])('of %s are %j', (list, addresses) => {
    expect(listAddresses(list)).toEqual(addresses);
  });

  it('are found in any text without fail, and hold neither white space nor brackets', () => {
    const alphabet = fc.constantFrom(
      'a',
      '@',
      '.',
      '<',
      '>',
      '(',
      ')',
      ',',
      ';',
      ':',
      '"',
      '\\',
      ' ',
    );
    fc.assert(
      fc.property(fc.string({ unit: alphabet }), (list) => {
        for (const address of listAddresses(list)) expect(address).toMatch(/^[^\s@<>]+@[^\s@<>]+$/);
      }),
    );
  });

  it.each(['"', '(', '<', '\\', ','])('of a hundred thousand %s take no time', (hostile) => {
    const startedAt = performance.now();
    expect(listAddresses(hostile.repeat(100_000))).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

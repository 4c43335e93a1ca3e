import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseAge } from '../../cli/since-option.ts';

describe('--since', () => {
  it.each([
    ['1m', 60_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['3650d', 315_360_000_000],
  ])('reads %s', (written, ms) => {
    expect(parseAge(written)).toBe(ms);
  });

  it.each(['', '7', 'd', '0h', '1w', '-1d', '1.5h', '7d ', '7dd', '123456m'])(
    'refuses "%s" and says what it expects',
    (written) => {
      expect(() => parseAge(written)).toThrow(
        new InvalidArgumentError('Expected minutes, hours or days, as in 30m, 12h or 7d.'),
      );
    },
  );
});

import { InvalidArgumentError, Option } from 'commander';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const isUnit = (written: string | undefined): written is keyof typeof UNITS =>
  written !== undefined && written in UNITS;

/** How long ago a span begins: `30m`, `12h` or `7d`, as milliseconds. */
export function parseAge(written: string): number {
  const [, count = '', unit] = /^([0-9]{1,5})([a-z])$/.exec(written) ?? [];
  const ms = isUnit(unit) ? Number(count) * UNITS[unit] : 0;
  if (ms > 0) return ms;
  throw new InvalidArgumentError('Expected minutes, hours or days, as in 30m, 12h or 7d.');
}

/** `--since AGE`, the same in each command. The option's value is in milliseconds. */
export const createSinceOption = (description: string, standard?: string): Option => {
  const option = new Option('--since <age>', description).argParser(parseAge);
  return standard === undefined ? option : option.default(parseAge(standard), standard);
};

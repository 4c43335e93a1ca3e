import { InvalidArgumentError } from 'commander';

/** @throws {InvalidArgumentError} When it is no address. */
function parseAddress(written: string): string {
  if (/^[^\s@]+@[^\s@]+$/.test(written)) return written;
  throw new InvalidArgumentError('Expected an address such as support@example.com.');
}

/** An envelope sender; nothing or `<>` is the null sender of a bounce. */
export const parseSender = (written: string): string =>
  written === '' || written === '<>' ? '' : parseAddress(written);

/** An option that may be repeated. */
export const collectAddress = (written: string, previous: readonly string[]): readonly string[] => [
  ...previous,
  parseAddress(written),
];

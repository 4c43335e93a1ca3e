import type { ConfigurationFault } from '../errors.ts';

/** One fault for each value that stands a second time. */
export function findRepeats(
  values: readonly string[],
  writeMember: (index: number) => string,
  what: string,
): readonly ConfigurationFault[] {
  const firsts = new Map<string, number>();
  return values.flatMap((value, index) => {
    const first = firsts.get(value);
    if (first === undefined) {
      firsts.set(value, index);
      return [];
    }
    const message = `expected ${what} of its own, came "${value}", which ${writeMember(first)} has already`;
    return [{ path: writeMember(index), message }];
  });
}

/** LIMIT: characters of a value in a trace, so that a hostile header cannot fill an event. */
const MAX_TRACE_VALUE_LENGTH = 200;

/** Cuts by characters, not in the middle of one. */
export function cutTraceValue(value: string | null): string | null {
  if (value === null || value.length <= MAX_TRACE_VALUE_LENGTH) return value;
  return `${value.slice(0, MAX_TRACE_VALUE_LENGTH - 1).toWellFormed()}…`;
}

/**
 * Values one after the other, as far as a trace shows them: a mail may have 100,000 of them, and
 * each rule writes its own.
 */
export function joinTraceValues<Value>(
  values: readonly Value[],
  write: (value: Value) => string,
): string | null {
  let joined: string | null = null;
  for (const value of values) {
    joined = joined === null ? write(value) : `${joined}, ${write(value)}`;
    if (joined.length > MAX_TRACE_VALUE_LENGTH) break;
  }
  return joined;
}

/**
 * The local run cannot start, for a reason that the person who started it can mend. The message is
 * one line: what, what was expected, what came, what to do.
 */
export class LocalRunError extends Error {
  override readonly name = 'LocalRunError';
}

import { PostroomError } from '../errors.ts';

/** A code of `docs/errors.md`, or the name of an error that is not ours. Never its message. */
export function readErrorCode(error: unknown): string {
  if (error instanceof PostroomError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

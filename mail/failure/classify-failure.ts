import { PostroomError } from '../errors.ts';

/**
 * The one place that decides whether trying again can help. An error that nobody foresaw counts as
 * temporary: its mail is tried again, and quarantined only when its receives are used up.
 */
export const classifyFailure = (error: unknown): 'temporary' | 'permanent' =>
  error instanceof PostroomError && !error.isRetryable ? 'permanent' : 'temporary';

import { PostroomError } from '../../mail/errors.ts';
import type { Mark } from '../output/style.ts';

/** What a check found: one line. */
export interface Finding {
  /** What was looked at: `credentials`, `queues`. */
  readonly check: string;
  /** `unknown` when the check could not run. */
  readonly mark: Mark;
  /** What is, and when it is wrong, how to mend it. */
  readonly text: string;
}

export const findRight = (check: string, text: string): Finding => ({ check, mark: 'right', text });
export const findWrong = (check: string, text: string): Finding => ({ check, mark: 'wrong', text });
export const findUnknown = (check: string, text: string): Finding => ({
  check,
  mark: 'unknown',
  text,
});

/** Runs a check; one that cannot get its answer finds nothing out, and says so. */
export async function runCheck(
  check: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PostroomError)) throw error;
    return [findUnknown(check, `not checked: ${error.message}`)];
  }
}

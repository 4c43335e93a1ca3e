import { PostroomError } from '../../mail/errors.ts';
import { readErrorCode } from '../../mail/failure/read-error-code.ts';
import { readStackFrames } from '../../mail/quarantine/quarantine.ts';
import type { PollFault } from './ports.ts';

/** What is told of an error. */
export const describeFault = (error: unknown): PollFault => ({
  code: readErrorCode(error),
  fields: error instanceof PostroomError ? error.fields : {},
  stack: error instanceof PostroomError ? null : readStackFrames(error),
});

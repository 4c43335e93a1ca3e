import type { PostroomError } from '../../mail/errors.ts';
import type { Step } from './limits.ts';
import { createAbortError, createTimeoutError } from './pop3-errors.ts';

/** Keeps every wait for a server within its bound. */
export interface Deadline {
  /** Runs work that ends when the connection is cut off; cuts it off when the step takes too long. */
  during<Result>(step: Step, work: () => Promise<Result>): Promise<Result>;
  /** No bound holds any more. */
  end(): void;
}

/** What a deadline needs. */
export interface DeadlineOptions {
  readonly stepMs: Readonly<Record<Step, number>>;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** Makes all that waits for the server fail with this error. */
  readonly cutOff: (error: PostroomError) => void;
}

/** Makes the one deadline of a session; `total` runs from here on. */
export function createDeadline({ stepMs, signal, cutOff }: DeadlineOptions): Deadline {
  const startTimer = (step: Step): NodeJS.Timeout =>
    setTimeout(() => {
      cutOff(createTimeoutError(step));
    }, stepMs[step]);
  const total = startTimer('total');
  // A process that has nothing else to do may end.
  total.unref();
  const abort = (): void => {
    cutOff(createAbortError());
  };
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  return {
    async during(step, work) {
      const timer = startTimer(step);
      try {
        return await work();
      } finally {
        clearTimeout(timer);
      }
    },
    end() {
      clearTimeout(total);
      signal.removeEventListener('abort', abort);
    },
  };
}

import type { PostroomError } from '../../mail/errors.ts';
import { createAbortError, createTimeoutError } from './imap-errors.ts';
import type { ImapLimits } from './limits.ts';

/** Keeps every wait for a server within its bound. */
export interface Deadline {
  /**
   * Waits for work of the server.
   *
   * @throws What the session was cut off with, at once, also when the work never ends.
   */
  during<Result>(step: 'open' | 'command', work: () => Promise<Result>): Promise<Result>;
  /** Ends the session: what waits, and what comes later, fails with the first error given here. */
  readonly cutOff: (error: PostroomError) => void;
  /** No bound holds any more. */
  readonly end: () => void;
}

/** What a deadline needs. */
export interface DeadlineOptions {
  readonly stepMs: ImapLimits['stepMs'];
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** How many bytes have come from the server. */
  readonly countReceived: () => number;
  /** Closes the connection. */
  readonly close: () => void;
}

/** Calls back when the server has said nothing for long. */
function watchSilence(options: DeadlineOptions, onSilence: () => void): NodeJS.Timeout {
  let received = options.countReceived();
  return setInterval(() => {
    const now = options.countReceived();
    if (now === received) onSilence();
    received = now;
  }, options.stepMs.silence);
}

/** Makes the one deadline of a session; `total` runs from here on. */
export function createDeadline(options: DeadlineOptions): Deadline {
  const { stepMs, signal, close } = options;
  const waiting = new Set<(error: PostroomError) => void>();
  let failure: PostroomError | undefined;
  const readFailure = (): PostroomError | undefined => failure;
  const cutOff = (error: PostroomError): void => {
    failure ??= error;
    close();
    for (const reject of waiting) reject(failure);
    waiting.clear();
  };
  const abort = (): void => {
    cutOff(createAbortError());
  };
  const total = setTimeout(() => {
    cutOff(createTimeoutError('total'));
  }, stepMs.total);
  // A process that has nothing else to do may end.
  total.unref();
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  return {
    cutOff,
    async during(step, work) {
      if (failure !== undefined) throw failure;
      const timer = setTimeout(() => {
        cutOff(createTimeoutError(step));
      }, stepMs[step]);
      const silence = watchSilence(options, () => {
        cutOff(createTimeoutError('silence'));
      });
      const end = Promise.withResolvers<never>();
      waiting.add(end.reject);
      try {
        return await Promise.race([work(), end.promise]);
      } catch (error) {
        // Closing makes everything fail, with an error that does not say why.
        throw readFailure() ?? error;
      } finally {
        clearTimeout(timer);
        clearInterval(silence);
        waiting.delete(end.reject);
      }
    },
    end() {
      clearTimeout(total);
      signal.removeEventListener('abort', abort);
    },
  };
}

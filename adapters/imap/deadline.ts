import type { PostroomError } from '../../mail/errors.ts';
import { createAbortError, createTimeoutError } from './imap-errors.ts';
import type { ImapLimits, Step } from './limits.ts';

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

/** Something that is waited for. */
interface Wait {
  readonly step: Exclude<Step, 'silence'>;
  readonly startedAtMs: number;
  readonly reject: (error: PostroomError) => void;
}

const MIN_TICK_MS = 10;

/** Often enough that no bound is passed by much, and no timer for each row of an answer. */
const findTickMs = (stepMs: ImapLimits['stepMs']): number =>
  Math.max(MIN_TICK_MS, Math.min(...Object.values(stepMs)) / 16);

const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('imapflow failed without an error');

/** Which bound a wait has passed, if any. */
function findPassedStep(
  { step, startedAtMs }: Wait,
  { stepMs, nowMs, heardAtMs }: { stepMs: ImapLimits['stepMs']; nowMs: number; heardAtMs: number },
): Step | undefined {
  if (nowMs - startedAtMs >= stepMs[step]) return step;
  if (step === 'total') return undefined;
  return nowMs - Math.max(startedAtMs, heardAtMs) >= stepMs.silence ? 'silence' : undefined;
}

/** Makes the one deadline of a session; `total` runs from here on. */
export function createDeadline(options: DeadlineOptions): Deadline {
  const { stepMs, signal, countReceived, close } = options;
  const startedAtMs = performance.now();
  const waits = new Set<Wait>();
  let failure: PostroomError | undefined;
  let heard = { bytes: 0, atMs: startedAtMs };
  const end = (): void => {
    clearInterval(ticker);
    signal.removeEventListener('abort', abort);
  };
  const cutOff = (error: PostroomError): void => {
    failure ??= error;
    end();
    close();
    for (const { reject } of waits) reject(failure);
    waits.clear();
  };
  const abort = (): void => {
    cutOff(createAbortError());
  };
  const tick = (): void => {
    const nowMs = performance.now();
    const bytes = countReceived();
    if (bytes !== heard.bytes) heard = { bytes, atMs: nowMs };
    const session: Wait = { step: 'total', startedAtMs, reject: () => undefined };
    for (const wait of [session, ...waits]) {
      const step = findPassedStep(wait, { stepMs, nowMs, heardAtMs: heard.atMs });
      if (step !== undefined) cutOff(createTimeoutError(step));
    }
  };
  // A process that has nothing else to do may end.
  const ticker = setInterval(tick, findTickMs(stepMs)).unref();
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  return {
    cutOff,
    end,
    during: (step, work) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        const wait: Wait = { step, startedAtMs: performance.now(), reject };
        waits.add(wait);
        work().then(
          (result) => {
            waits.delete(wait);
            resolve(result);
          },
          (error: unknown) => {
            waits.delete(wait);
            // Closing makes everything fail, with an error that does not say why.
            reject(failure ?? toError(error));
          },
        );
      }),
  };
}

import { setTimeout as wait } from 'node:timers/promises';

const PAUSE_MS = 1000;

/** Waits a moment, or until the signal says that nothing will be tried again. */
export async function waitBeforeNextTry(signal: AbortSignal): Promise<void> {
  try {
    await wait(PAUSE_MS, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

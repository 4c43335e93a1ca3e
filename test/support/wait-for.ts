import { setTimeout as pause } from 'node:timers/promises';

/** How long something outside of this process may take before a test gives up on it. */
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Asks again until there is an answer.
 *
 * @param what Stands in the error: `waited 30000 ms for …`.
 * @throws {Error} When there is no answer in time. What `ask` throws passes through.
 */
export async function waitFor<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<Answer> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await pause(100);
  }
}

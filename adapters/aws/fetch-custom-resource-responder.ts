import { setTimeout as wait } from 'node:timers/promises';
import { describeError, PeerUnavailableError } from '../../mail/errors.ts';
import type { CustomResourceResponder } from '../../mail/ports/custom-resource-responder.ts';

/** How patient the responder is. */
export interface ResponderOptions {
  /** @default 4 */
  readonly maxAttempts?: number;
  /** Before the second attempt, in milliseconds; doubled before each further one. @default 500 */
  readonly firstDelayMs?: number;
  /** For one attempt, in milliseconds. @default 5000 */
  readonly timeoutMs?: number;
}

/** The answer's status, or why there was none. */
async function putBody(url: string, body: string, timeoutMs: number): Promise<number | string> {
  try {
    const { status } = await fetch(url, {
      method: 'PUT',
      // The URL is signed for no content type; the one that fetch adds would break the signature.
      headers: { 'content-type': '' },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return status;
  } catch (error) {
    return describeError(error);
  }
}

/** Answers CloudFormation by a PUT to the address that a request brought. */
export function createFetchCustomResourceResponder({
  maxAttempts = 4,
  firstDelayMs = 500,
  timeoutMs = 5000,
}: ResponderOptions = {}): CustomResourceResponder {
  return {
    async writeResponse(responseUrl, response) {
      const body = JSON.stringify(response);
      let outcome: number | string = 'nothing';
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        if (attempt > 1) await wait(firstDelayMs * 2 ** (attempt - 2));
        outcome = await putBody(responseUrl, body, timeoutMs);
        if (typeof outcome === 'number' && outcome < 300) return;
      }
      throw new PeerUnavailableError(`CloudFormation did not take the answer: ${outcome}`, {
        fields: { peer: 'CloudFormation', attempts: maxAttempts },
      });
    },
  };
}

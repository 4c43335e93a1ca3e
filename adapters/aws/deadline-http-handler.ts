import { Readable } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { InvocationDeadline } from './invocation-deadline.ts';

/** How long a function waits for AWS. */
const TIMEOUTS = {
  connectionTimeout: 2_000,
  /** LIMIT: until an answer begins. Twice that, and what follows it, fits one invocation. */
  requestTimeout: 5_000,
  /** LIMIT: between two pieces of an answer, also while ten large mails are read at once. */
  socketTimeout: 10_000,
  // Without this the request timeout is only a warning.
  throwOnRequestTimeout: true,
} as const;

/** Closes the socket of an answer that is read as a stream when its invocation is over. */
function closeWithDeadline(body: Readable, signal: AbortSignal): void {
  const close = (): void => {
    body.destroy(Object.assign(new Error('the invocation is over'), { name: 'AbortError' }));
  };
  signal.addEventListener('abort', close, { once: true });
  body.once('close', () => {
    signal.removeEventListener('abort', close);
  });
}

/** Sends requests of the AWS clients, none of which hangs or outlives its invocation. */
export function createDeadlineHttpHandler(deadline: InvocationDeadline) {
  const inner = new NodeHttpHandler(TIMEOUTS);
  const handle: NodeHttpHandler['handle'] = async (request, options = {}) => {
    const signal = deadline.readSignal();
    const answer = await inner.handle(request, {
      ...options,
      // Nothing here gives a signal of its own.
      abortSignal: signal,
    });
    const body: unknown = answer.response.body;
    if (body instanceof Readable) closeWithDeadline(body, signal);
    return answer;
  };
  return {
    metadata: inner.metadata,
    handle,
    destroy: () => {
      inner.destroy();
    },
    updateHttpClientConfig: inner.updateHttpClientConfig.bind(inner),
    httpHandlerConfigs: inner.httpHandlerConfigs.bind(inner),
  };
}

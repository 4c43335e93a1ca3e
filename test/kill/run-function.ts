import { Socket } from 'node:net';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createContext } from '../support/sqs-event.ts';
import type { FunctionAnswer, FunctionRequest } from './function-messages.ts';

/** What Lambda's runtime is to a function, as a process that the harness starts, pauses and kills. */
const [, , bundle = '', speedText = '1'] = process.argv;
/** How much faster than the machine's this process's timers run. */
const speed = Number(speedText);
const FUNCTION_TIMEOUT_MS = 60_000;

const answer = (message: FunctionAnswer): void => {
  process.send?.(message);
};

let offsetMs = 0;
const readMachineMs = Date.now.bind(Date);
Date.now = () => readMachineMs() + offsetMs;

const setMachineTimeout = globalThis.setTimeout;
// It is called with its socket below.
const setSocketTimeout = Reflect.get<Socket, 'setTimeout'>(Socket.prototype, 'setTimeout');
if (speed !== 1) {
  const setFastTimeout = (run: () => void, ms = 0) => setMachineTimeout(run, ms / speed);
  // The promisified form, which nothing here uses, stays the machine's.
  globalThis.setTimeout = Object.assign(setFastTimeout, setMachineTimeout);
  Socket.prototype.setTimeout = function setFastSocketTimeout(ms, run) {
    return setSocketTimeout.call(this, ms / speed, run);
  };
}

// The bundle was made from a `handler.ts` of `lambdas/`.
const { handler } = (await import(bundle)) as {
  readonly handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
};

async function invoke(event: SQSEvent): Promise<FunctionAnswer> {
  const begunMs = readMachineMs();
  const context: Context = {
    ...createContext(),
    getRemainingTimeInMillis: () => FUNCTION_TIMEOUT_MS - (readMachineMs() - begunMs) * speed,
  };
  try {
    return { kind: 'answered', response: await handler(event, context) };
  } catch (error) {
    return { kind: 'threw', name: error instanceof Error ? error.name : 'unknown' };
  }
}

process.on('message', (request: FunctionRequest) => {
  if (request.kind === 'clock') {
    ({ offsetMs } = request);
    return;
  }
  // `invoke` does not reject.
  void invoke(request.event).then(answer);
});
answer({ kind: 'ready' });

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import type { FunctionAnswer, FunctionRequest } from './function-messages.ts';

/** How an invocation ended. */
export type InvocationEnd =
  | Exclude<FunctionAnswer, { readonly kind: 'ready' }>
  /** The process died while it was under way. */
  | { readonly kind: 'died'; readonly signal: string | null };

/** A process that runs the deployed function, one invocation at a time. */
export interface FunctionProcess {
  invoke(event: SQSEvent): Promise<InvocationEnd>;
  /** Sets how far its clock is ahead of the machine's, also in the middle of an invocation. */
  setClock(offsetMs: number): void;
  /** Dies at once, and runs no code of its own any more. */
  kill(): void;
  /** Stops it where it stands, until it is resumed. */
  pause(): void;
  resume(): void;
  readonly isAlive: () => boolean;
  /** What it has written so far, standard output and error together. */
  readonly readOutput: () => string;
  close(): Promise<void>;
}

export interface FunctionProcessOptions {
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  /** How much faster than the machine's its timers run. @default 1 */
  readonly speed?: number;
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode === null && signalCode === null;

/** Waits for a message of the process, or for its death. */
async function readAnswer(child: ChildProcess): Promise<FunctionAnswer | InvocationEnd> {
  if (!isAlive(child)) return { kind: 'died', signal: child.signalCode };
  const settled = new AbortController();
  const { signal } = settled;
  try {
    return await Promise.race([
      // Only `run-function.ts` writes to it.
      once(child, 'message', { signal }).then(([message]) => message as FunctionAnswer),
      once(child, 'exit', { signal }).then(() => ({
        kind: 'died' as const,
        signal: child.signalCode,
      })),
    ]);
  } finally {
    settled.abort();
  }
}

/** Starts a process of the function; it can be invoked when this resolves. */
export async function startFunctionProcess({
  bundle,
  environment,
  speed = 1,
}: FunctionProcessOptions): Promise<FunctionProcess> {
  const child = fork(join(import.meta.dirname, 'run-function.ts'), [bundle, String(speed)], {
    env: { ...environment },
    // Where a process that aborts may leave its core.
    cwd: dirname(bundle),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  const send = (request: FunctionRequest): void => {
    // A process that was killed closes its channel before its exit is known; the exit is what tells.
    if (child.connected) child.send(request, () => undefined);
  };
  const begin = await readAnswer(child);
  if (begin.kind !== 'ready') {
    throw new Error(`the function did not start: ${begin.kind}\n${output.join('')}`);
  }
  return {
    async invoke(event) {
      send({ kind: 'invoke', event });
      const end = await readAnswer(child);
      if (end.kind === 'ready') throw new Error('the function started twice');
      return end;
    },
    setClock(offsetMs) {
      send({ kind: 'clock', offsetMs });
    },
    kill() {
      child.kill('SIGKILL');
    },
    pause() {
      child.kill('SIGSTOP');
    },
    resume() {
      child.kill('SIGCONT');
    },
    isAlive: () => isAlive(child),
    readOutput: () => output.join(''),
    async close() {
      if (!isAlive(child)) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

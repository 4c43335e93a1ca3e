import type { FunctionProcess } from './function-process.ts';
import type { FunctionStart, MailWorld } from './mail-world.ts';

/** The one process that Lambda would have: the same until it dies. */
export interface FunctionPool {
  /** Gives the process, or a new one after a death. */
  read(): Promise<FunctionProcess>;
  /** The process that runs now. */
  readonly current: () => FunctionProcess | undefined;
  /** What all processes have written. */
  readonly readOutput: () => string;
}

/** Starts the next process while the one before runs: a start takes longer than an invocation. */
export function createFunctionPool(world: MailWorld, kind: FunctionStart = {}): FunctionPool {
  const started: FunctionProcess[] = [];
  let spare: Promise<FunctionProcess> | undefined;
  const start = async (): Promise<FunctionProcess> => {
    const next = await world.startFunction(kind);
    started.push(next);
    return next;
  };
  let current: FunctionProcess | undefined;
  return {
    async read() {
      if (current?.isAlive() !== true) {
        current = await (spare ?? start());
        spare = start();
        // It is awaited when it is needed; until then its failure is nobody's.
        spare.catch(() => undefined);
      }
      return current;
    },
    current: () => current,
    readOutput: () => started.map((one) => one.readOutput()).join(''),
  };
}

/** What has to be closed, the last first. */
export interface Shutdown {
  readonly add: (close: () => Promise<void> | void) => void;
  /** Closes everything that was added, each once, also when one of them fails. */
  readonly run: () => Promise<void>;
}

/** Collects what a start has opened, so that a failure half way leaves nothing open. */
export function createShutdown(): Shutdown {
  const closers: (() => Promise<void> | void)[] = [];
  return {
    add(close) {
      closers.push(close);
    },
    async run() {
      const failures: unknown[] = [];
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
        try {
          await close();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed');
    },
  };
}

/** Runs tasks at once, as many as there is room for. */
export interface ByteGate {
  /** Waits for room, then begins a task, which must not reject. */
  begin(bytes: number, task: () => Promise<void>): Promise<void>;
  /** Waits until all have ended. */
  settle(): Promise<void>;
}

/** Makes a gate for so many bytes and tasks; a task with more bytes runs alone. */
export function createByteGate(maxBytes: number, maxTasks: number): ByteGate {
  const running = new Set<Promise<void>>();
  let bytesRunning = 0;
  return {
    async begin(bytes, task) {
      while (running.size > 0 && (running.size >= maxTasks || bytesRunning + bytes > maxBytes)) {
        await Promise.race(running);
      }
      bytesRunning += bytes;
      const ended = task().finally(() => {
        bytesRunning -= bytes;
        running.delete(ended);
      });
      running.add(ended);
    },
    async settle() {
      await Promise.all(running);
    },
  };
}

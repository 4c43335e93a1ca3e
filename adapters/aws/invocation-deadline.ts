/**
 * LIMIT: what an invocation has under way is cut off this long before its end, so that it can still
 * hand back what it did not finish.
 */
const HAND_BACK_MS = 8_000;
/** LIMIT: from here on every request fails at once; what is left is for the answer to Lambda. */
const ANSWER_MS = 2_000;

/**
 * Keeps requests within their invocation. Lambda freezes a process at the end of an invocation and
 * goes on with it at the next: a request that was still open would write hours later.
 */
export interface InvocationDeadline {
  /** @param remainingMs Until Lambda ends the invocation. */
  begin(remainingMs: number): void;
  /** Cuts off what is still open; later requests fail until the next invocation begins. */
  end(): void;
  /** For a request that begins now. */
  readSignal(): AbortSignal;
}

/** A controller that aborts by itself. */
function createTimedAbort(delayMs: number) {
  const controller = new AbortController();
  const timer = setTimeout(
    () => {
      controller.abort();
    },
    Math.max(0, delayMs),
  );
  // A process that has nothing else to do may end.
  timer.unref();
  return {
    signal: controller.signal,
    abort() {
      clearTimeout(timer);
      controller.abort();
    },
  };
}

/** The deadline of a function whose process has one invocation at a time. */
export function createInvocationDeadline(): InvocationDeadline {
  let stages: readonly ReturnType<typeof createTimedAbort>[] = [];
  const readOpen = () => stages.find(({ signal }) => !signal.aborted) ?? stages.at(-1);
  return {
    begin(remainingMs) {
      stages = [HAND_BACK_MS, ANSWER_MS].map((ms) => createTimedAbort(remainingMs - ms));
    },
    end() {
      for (const stage of stages) stage.abort();
    },
    // Before the first invocation nothing is cut off.
    readSignal: () => readOpen()?.signal ?? new AbortController().signal,
  };
}

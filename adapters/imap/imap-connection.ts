import type { FetchMessageObject, FetchQueryObject, ImapFlow } from 'imapflow';
import type { SessionOptions } from '../../mail/ports/mailbox-ports.ts';
import { classifyFailure, classifyRefusal, createThrottledError } from './classify-failure.ts';
import { createClient } from './create-client.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import type { ImapLimits } from './limits.ts';
import { createRefusalCounter, type RefusalCounter } from './refusal-counter.ts';
import { readResponseCode, type Refusal } from './refusal.ts';

/** imapflow within bounds. What it fails with is imapflow's own error, save for deadlines. */
export interface ImapConnection {
  readonly client: ImapFlow;
  readonly limits: ImapLimits;
  /** Whether nothing may be changed. */
  readonly isReadOnly: boolean;
  readonly refusals: RefusalCounter;
  /** Runs one command. */
  readonly ask: <Result>(command: () => Promise<Result>) => Promise<Result>;
  /**
   * Runs a command that imapflow answers with `false` when it is refused.
   *
   * @throws {PostroomError} What the refusal means.
   */
  readonly demand: <Result>(command: () => Promise<Result | false | undefined>) => Promise<Result>;
  /** What the last command was refused with. */
  readonly lastRefusal: () => Refusal;
  /** Fetches rows of the open folder. A reader that is slow holds the server back. */
  readonly readRows: (
    uids: string,
    query: FetchQueryObject,
  ) => AsyncIterable<FetchMessageObject, unknown, undefined>;
  /** Says goodbye. */
  readonly close: () => Promise<void>;
  /** Closes at once. */
  readonly abort: () => void;
}

/** Remembers how the last command was answered: imapflow tells of a refusal by `false` alone. */
function watchRefusals(client: ImapFlow): () => Refusal {
  let last: Refusal = { status: 'NO', code: undefined, text: '' };
  client.on('response', ({ response, code }) => {
    last = {
      status: response === 'BAD' ? 'BAD' : 'NO',
      code: readResponseCode(code),
      text: '',
    };
  });
  return () => last;
}

/** Not a generator: there is one step for each row, and mailboxes have many. */
const readRowsWithin = (
  deadline: Deadline,
  rows: ReturnType<ImapFlow['fetch']>,
): AsyncIterable<FetchMessageObject, unknown, undefined> => ({
  [Symbol.asyncIterator]: () => ({
    next: () => deadline.during('command', () => rows.next()),
    return() {
      // The rest of the answer is read past. Waiting for it would last for ever after a failure.
      void rows.return();
      return Promise.resolve({ done: true, value: undefined });
    },
  }),
});

/**
 * Connects, makes the connection safe and logs in.
 *
 * @throws {PostroomError} What {@link classifyFailure} makes of it.
 */
export async function openConnection(
  options: SessionOptions,
  limits: ImapLimits,
): Promise<ImapConnection> {
  const client = createClient(options, limits, (delayMs) => {
    deadline.cutOff(createThrottledError(delayMs));
  });
  // What it says here is why: the command under way fails with no more than a lost connection.
  client.on('error', (error) => {
    deadline.cutOff(classifyFailure(error));
  });
  const deadline = createDeadline({
    stepMs: limits.stepMs,
    signal: options.signal,
    countReceived: () => client.stats().received,
    close: () => {
      client.close();
    },
  });
  const lastRefusal = watchRefusals(client);
  const ask = <Result>(command: () => Promise<Result>): Promise<Result> =>
    deadline.during('command', command);
  const abort = (): void => {
    deadline.end();
    client.close();
  };
  try {
    await deadline.during('open', () => client.connect());
  } catch (error) {
    abort();
    throw classifyFailure(error);
  }
  return {
    client,
    limits,
    isReadOnly: options.isReadOnly,
    refusals: createRefusalCounter(limits.refusalsInARow),
    ask,
    async demand(command) {
      const result = await ask(command);
      if (result === false || result === undefined) throw classifyRefusal(lastRefusal());
      return result;
    },
    lastRefusal,
    readRows: (uids, query) => readRowsWithin(deadline, client.fetch(uids, query, { uid: true })),
    async close() {
      try {
        await ask(() => client.logout());
      } finally {
        abort();
      }
    },
    abort,
  };
}

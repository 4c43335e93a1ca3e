import { describe, expect, it } from 'vitest';
import type { QueueBrowser, ReceivedMessage } from '../../adapters/aws/sqs-queue-browser.ts';
import { awaitEvent, type WatchOptions } from '../../cli/test-mail/await-event.ts';
import { createSampleEvent } from '../support/sample-event.ts';

const ours = JSON.stringify(createSampleEvent({ subject: 'Postroom test 1' }));
const strange = JSON.stringify(createSampleEvent({ subject: 'Hello' }));

const message = (body: string, receives = 1): ReceivedMessage => ({
  messageId: body,
  receiptHandle: `handle of ${body === ours ? 'ours' : 'a stranger'}`,
  body,
  receives,
  sentAtMs: 0,
});

/** A queue that gives one batch after the other, a clock that each receive moves by five seconds. */
function createScript(batches: readonly (readonly ReceivedMessage[])[]) {
  const done: string[] = [];
  let nowMs = 0;
  let round = 0;
  const browser: QueueBrowser = {
    readQueue: () => Promise.resolve(undefined),
    receiveMessages: () => {
      nowMs += 5000;
      return Promise.resolve(batches[round++] ?? []);
    },
    giveBackMessage: (_, handle) => Promise.resolve(void done.push(`gave back ${handle}`)),
    deleteMessage: (_, handle) => Promise.resolve(void done.push(`deleted ${handle}`)),
  };
  const options: WatchOptions = {
    isOurs: ({ subject }) => subject === 'Postroom test 1',
    timeoutMs: 20_000,
    readNowMs: () => nowMs,
    pause: (ms) => Promise.resolve(void done.push(`paused ${ms} ms`)),
  };
  return { browser, options, done };
}

const queue = { url: 'u', maxReceives: 10 };

describe('awaitEvent', () => {
  it('takes its own event and gives back all others at once', async () => {
    const { browser, options, done } = createScript([[], [message(strange), message(ours)]]);
    const outcome = await awaitEvent(browser, queue, options);
    expect(outcome.kind).toBe('arrived');
    expect(done).toEqual(['gave back handle of a stranger', 'deleted handle of ours']);
  });

  it('gives back what is no event of Postroom', async () => {
    const { browser, options, done } = createScript([[message('not JSON')], [message(ours)]]);
    expect((await awaitEvent(browser, queue, options)).kind).toBe('arrived');
    expect(done[0]).toBe('gave back handle of a stranger');
  });

  it('waits between receives as long as there are others, since each counts', async () => {
    const { browser, options, done } = createScript([[message(strange)], [message(ours)]]);
    await awaitEvent(browser, queue, options);
    expect(done[1]).toBe('paused 3000 ms');
  });

  it('ends when its time is over', async () => {
    const { browser, options, done } = createScript([]);
    expect(await awaitEvent(browser, queue, options)).toEqual({ kind: 'timed-out' });
    expect(done).toEqual([]);
  });

  it.each([
    [7, 'timed-out'],
    [8, 'stopped'],
    [9, 'stopped'],
  ])('with another message at %i of 10 receives it is %s', async (receives, kind) => {
    const { browser, options } = createScript([[message(strange, receives)]]);
    expect((await awaitEvent(browser, queue, options)).kind).toBe(kind);
  });

  it('takes its own event however often others were received', async () => {
    const { browser, options } = createScript([[message(strange, 9), message(ours)]]);
    expect((await awaitEvent(browser, queue, options)).kind).toBe('arrived');
  });
});

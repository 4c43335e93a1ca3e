import { describe, expect, it } from 'vitest';
import {
  createPollMailboxHandler,
  type IgnoredWakeUp,
} from '../../../lambdas/poll-mailbox/create-handler.ts';
import type { PollReport } from '../../../lambdas/poll-mailbox/ports.ts';
import { PeerUnavailableError } from '../../../mail/errors.ts';
import { createPolledMailText, createPollWorld } from '../../support/poll-world.ts';
import { createContext, createSqsEvent } from '../../support/sqs-event.ts';

const ACKNOWLEDGED = { batchItemFailures: [] };

function createFunction(world = createPollWorld({ mailbox: { begin: 'everything' } })) {
  const reports: PollReport[] = [];
  const ignored: IgnoredWakeUp[] = [];
  const handler = createPollMailboxHandler({
    ...world.ports,
    isActing: true,
    reportPoll: (report) => reports.push(report),
    reportIgnored: (reason) => ignored.push(reason),
  });
  return {
    world,
    reports,
    ignored,
    wake: (...bodies: readonly unknown[]) => handler(createSqsEvent(...bodies), createContext()),
    /** A wake-up that was due so many seconds ago. */
    createWakeUp: (secondsAgo = 0, mailbox = 'vendor') => ({
      type: 'mailbox.poll',
      version: 1,
      mailbox,
      scheduledAt: new Date(world.room.clock.now() - secondsAgo * 1000).toISOString(),
    }),
  };
}

describe('a wake-up', () => {
  it('polls its mailbox', async () => {
    const { world, wake, createWakeUp, reports } = createFunction();
    world.server.deliver(createPolledMailText('one'));
    expect(await wake(createWakeUp())).toEqual(ACKNOWLEDGED);
    expect(reports).toMatchObject([{ mailbox: 'vendor', outcome: 'polled', mails: 1 }]);
  });

  it('that comes twice polls once: the mailbox is not due yet', async () => {
    const { wake, createWakeUp, reports } = createFunction();
    await wake(createWakeUp());
    await wake(createWakeUp());
    expect(reports.map(({ outcome }) => outcome)).toEqual(['polled', 'not-due']);
  });

  it('is followed up to the age of an interval, and not above', async () => {
    for (const [age, polls] of [
      [299, 1],
      [300, 1],
      [301, 0],
    ] as const) {
      const { wake, createWakeUp, reports, ignored } = createFunction();
      await wake(createWakeUp(age));
      expect(reports).toHaveLength(polls);
      expect(ignored).toEqual(polls === 0 ? ['late'] : []);
    }
  });

  it('for a mailbox that is gone, or that is none, is acknowledged', async () => {
    const { wake, createWakeUp, ignored } = createFunction();
    expect(await wake(createWakeUp(0, 'gone'))).toEqual(ACKNOWLEDGED);
    expect(await wake('no JSON')).toEqual(ACKNOWLEDGED);
    expect(await wake({ type: 'mailbox.poll' })).toEqual(ACKNOWLEDGED);
    expect(ignored).toEqual(['unknown-mailbox', 'malformed', 'malformed']);
  });

  it('is acknowledged though the poll fails, at the server or at our own table', async () => {
    const failing = createFunction();
    failing.world.server.script.failure = new PeerUnavailableError('no answer');
    expect(await failing.wake(failing.createWakeUp())).toEqual(ACKNOWLEDGED);
    expect(failing.reports).toMatchObject([
      { outcome: 'failed', fault: { code: 'peer-unavailable' } },
    ]);
    const world = createPollWorld({
      wrapPorts: (ports) => ({
        ...ports,
        states: {
          ...ports.states,
          claimMailbox: () => Promise.reject(new PeerUnavailableError('no table')),
        },
      }),
    });
    const tableless = createFunction(world);
    expect(await tableless.wake(tableless.createWakeUp())).toEqual(ACKNOWLEDGED);
    expect(tableless.reports).toMatchObject([{ outcome: 'failed', dueAtMs: null }]);
  });
});

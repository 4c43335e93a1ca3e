import { describe, expect, it } from 'vitest';
import {
  MailboxError,
  PeerProtocolError,
  PeerThrottledError,
  PeerUnavailableError,
} from '../../../mail/errors.ts';
import { createPolledMailText, createPollWorld } from '../../support/poll-world.ts';

const MINUTE_MS = 60_000;
const EVERYTHING = { begin: 'everything' } as const;

/** A world whose mailbox holds mails of these names; the first has the id 1. */
function createFilled(
  names: readonly string[],
  mailbox: NonNullable<Parameters<typeof createPollWorld>[0]>['mailbox'] = {},
) {
  const world = createPollWorld({ mailbox: { ...EVERYTHING, ...mailbox } });
  for (const name of names) world.server.deliver(createPolledMailText(name));
  return world;
}

const readNames = (world: ReturnType<typeof createPollWorld>): readonly string[] =>
  world.readReceived().map((messageId) => messageId?.split('@')[0] ?? '');

describe('a mail that cannot be fetched', () => {
  it('holds nobody up, and is quarantined at the third try, with an event', async () => {
    const world = createFilled(['one', 'bad', 'three']);
    world.server.script.refused.add('2');
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 2, troubled: 1 });
    world.server.deliver(createPolledMailText('four'));
    expect(await world.poll()).toMatchObject({ mails: 1, troubled: 1, quarantined: 0 });
    expect(await world.poll()).toMatchObject({ troubled: 1, quarantined: 1 });
    expect(await world.poll()).toMatchObject({ troubled: 0, quarantined: 0, mails: 0 });
    await world.handleArrivals();
    expect(readNames(world)).toEqual(['one', 'three', 'four']);
    expect(world.room.quarantine.held).toMatchObject([
      {
        code: 'NO',
        attempts: 3,
        reason: 'the mail could not be fetched from its mailbox 3 times; only its header is here',
      },
    ]);
    const events = world.room.sent.filter(({ body }) => body.includes('mail.quarantined'));
    expect(events.map(({ queue }) => queue)).toEqual(['inbox']);
    // In its mailbox it is as it was.
    expect(world.server.folders.get('INBOX')?.mails).toHaveLength(4);
  });

  it('and breaks the connection lets the others come in, in whatever order they are', async () => {
    const world = createFilled(['bad', 'two', 'three']);
    world.server.script.dropAt.add('1');
    expect(await world.poll()).toMatchObject({ outcome: 'failed', mails: 0, troubled: 1 });
    expect(await world.poll()).toMatchObject({ outcome: 'failed', mails: 2, troubled: 1 });
    expect(await world.poll()).toMatchObject({ outcome: 'failed', troubled: 1 });
    expect(await world.poll()).toMatchObject({ outcome: 'polled', quarantined: 1 });
    expect(await world.poll()).toMatchObject({ outcome: 'polled', quarantined: 0, troubled: 0 });
    await world.handleArrivals();
    expect(readNames(world)).toEqual(['two', 'three']);
  });

  it('and can be fetched later comes in then, and is changed as the others', async () => {
    const world = createFilled(['one', 'bad'], { afterwards: 'delete' });
    world.server.script.refused.add('2');
    await world.poll();
    world.server.script.refused.clear();
    expect(await world.poll()).toMatchObject({ mails: 1, changed: 1, troubled: 0 });
    await world.handleArrivals();
    expect(readNames(world)).toEqual(['one', 'bad']);
    expect(world.server.folders.get('INBOX')?.mails).toEqual([]);
    expect(world.readRow()?.troubled).toEqual([]);
  });

  it('and was expunged since is forgotten', async () => {
    const world = createFilled(['bad']);
    world.server.script.refused.add('1');
    await world.poll();
    world.server.script.gone.add('1');
    expect(await world.poll()).toMatchObject({ gone: 1, troubled: 0 });
    expect(world.readRow()?.troubled).toEqual([]);
  });

  it('among more than a row remembers ends the poll, and none of them is lost', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `bad-${index}`);
    const world = createFilled(names);
    for (let id = 1; id <= 30; id += 1) world.server.script.refused.add(String(id));
    expect(await world.poll()).toMatchObject({ outcome: 'failed', troubled: 20 });
    world.server.script.refused.clear();
    for (let round = 0; round < 2; round += 1) await world.poll();
    await world.handleArrivals();
    expect(readNames(world).toSorted()).toEqual(names.toSorted());
  });
});

describe('S3', () => {
  it('that takes nothing fails the poll, and no mail is blamed for it', async () => {
    let isDown = true;
    const world = createPollWorld({
      mailbox: EVERYTHING,
      wrapPorts: (ports) => ({
        ...ports,
        rawMail: {
          writeRawMail: (address, content) =>
            isDown
              ? Promise.reject(new PeerUnavailableError('S3 answered SlowDown'))
              : ports.rawMail.writeRawMail(address, content),
        },
      }),
    });
    world.server.deliver(createPolledMailText('one'));
    for (let poll = 0; poll < 5; poll += 1) {
      expect(await world.poll()).toMatchObject({ outcome: 'failed', troubled: 0, mails: 0 });
    }
    isDown = false;
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1, quarantined: 0 });
  });
});

describe('a connection that breaks', () => {
  it('keeps what was taken before, at any step', async () => {
    const names = ['one', 'two', 'three', 'four'];
    for (let step = 0; step < 9; step += 1) {
      const world = createFilled(names);
      world.server.script.dropAfter = step;
      await world.poll();
      world.server.script.dropAfter = undefined;
      await world.poll();
      await world.poll();
      await world.handleArrivals();
      expect(readNames(world).toSorted()).toEqual(names.toSorted());
      expect(world.room.quarantine.held).toEqual([]);
    }
  });
});

describe('failures', () => {
  it('wait for an interval, twice that, and an hour at the most', async () => {
    const world = createFilled([]);
    world.server.script.failure = new PeerProtocolError('no greeting');
    const waits: number[] = [];
    for (let poll = 0; poll < 6; poll += 1) {
      const { dueAtMs } = await world.poll();
      waits.push(((dueAtMs ?? 0) - world.room.clock.now()) / MINUTE_MS);
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60]);
    world.server.script.failure = undefined;
    await world.poll();
    expect(world.readRow()).toMatchObject({ failures: 0, failureCode: undefined });
  });

  it('that are a throttling server leave it alone for as long as it says', async () => {
    const world = createFilled([]);
    world.server.script.failure = new PeerThrottledError('later', 42 * MINUTE_MS);
    const { dueAtMs, fault } = await world.poll();
    expect((dueAtMs ?? 0) - world.room.clock.now()).toBe(42 * MINUTE_MS);
    expect(fault?.code).toBe('peer-throttled');
    expect(world.readNews()).toEqual([]);
  });

  it('make the mailbox stale once for each time that it falls silent', async () => {
    const world = createFilled([]);
    await world.poll();
    world.server.script.failure = new PeerUnavailableError('no answer');
    world.room.passSeconds(60 * 60);
    await world.poll();
    expect(world.readNews()).toEqual([]);
    world.room.passSeconds(1);
    await world.poll();
    await world.poll();
    expect(world.readNews()).toMatchObject([
      {
        type: 'mailbox.stale',
        mailbox: 'vendor',
        freshnessMinutes: 60,
        lastSuccessAt: '2026-11-24T09:00:01.000Z',
        code: 'peer-unavailable',
      },
    ]);
    world.server.script.failure = undefined;
    await world.poll();
    world.server.script.failure = new PeerUnavailableError('no answer');
    world.room.passSeconds(60 * 60 + 1);
    await world.poll();
    expect(world.readNews()).toHaveLength(2);
  });
});

describe('a refused credential', () => {
  it('is read again from its store once, and the new one is used', async () => {
    const world = createFilled(['one']);
    world.server.script.password = 'new';
    world.credentials.current = 'new';
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1 });
    expect(world.server.calls.filter((call) => call === 'open')).toHaveLength(2);
    expect(world.readNews()).toEqual([]);
  });

  it('that is the same in its store is not tried twice, and waits for 15 minutes up to a day', async () => {
    const world = createFilled(['one']);
    world.server.script.password = 'new';
    const waits: number[] = [];
    for (let poll = 0; poll < 9; poll += 1) {
      const { dueAtMs, outcome } = await world.poll();
      expect(outcome).toBe('failed');
      waits.push(((dueAtMs ?? 0) - world.room.clock.now()) / MINUTE_MS);
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
    expect(world.server.calls.filter((call) => call === 'open')).toHaveLength(9);
    expect(world.readNews()).toMatchObject([
      { type: 'mailbox.reauth-required', code: 'peer-authentication', lastSuccessAt: null },
    ]);
    expect(world.readRow()).toMatchObject({ pauseReason: 'credential' });
  });

  it('that is mended lets the mailbox go on by itself', async () => {
    const world = createFilled(['one']);
    world.server.script.password = 'new';
    await world.poll();
    world.credentials.current = 'new';
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1 });
    expect(world.readRow()).toMatchObject({ pauseReason: undefined, failures: 0 });
  });

  it('of which nobody could be told is told of by the next poll', async () => {
    let isDown = true;
    const world = createPollWorld({
      wrapPorts: (ports) => ({
        ...ports,
        events: {
          sendEvent: (event) =>
            isDown
              ? Promise.reject(new PeerUnavailableError('SQS answered nothing'))
              : ports.events.sendEvent(event),
        },
      }),
    });
    world.server.script.password = 'new';
    await world.poll();
    isDown = false;
    await world.poll();
    expect(world.readNews()).toMatchObject([{ type: 'mailbox.reauth-required' }]);
  });
});

describe('what a mailbox cannot do', () => {
  it('is refused before anything is fetched: a server that cannot expunge single mails', async () => {
    const world = createFilled(['one'], { afterwards: 'delete' });
    world.server.script.capabilities = new Set(['MOVE']);
    expect(await world.poll()).toMatchObject({
      outcome: 'failed',
      mails: 0,
      fault: { code: 'mailbox-unsuitable', fields: { missing: 'UIDPLUS' } },
    });
    expect(world.server.calls).toEqual(['open']);
  });

  it('keeps no mail from coming in: changes that fail stay owed, and are made when they can be', async () => {
    const world = createFilled(['one'], { afterwards: 'mark-seen' });
    world.server.script.changeFailure = new MailboxError('mailbox-unsuitable', 'no flags here');
    expect(await world.poll()).toMatchObject({
      outcome: 'polled',
      mails: 1,
      changed: 0,
      fault: { code: 'mailbox-unsuitable' },
    });
    world.server.deliver(createPolledMailText('two'));
    expect(await world.poll()).toMatchObject({ mails: 1, changed: 0 });
    world.server.script.changeFailure = undefined;
    expect(await world.poll()).toMatchObject({ mails: 0, changed: 2, fault: null });
  });

  it('is told of when a folder is missing, and the others are polled', async () => {
    const world = createPollWorld({ mailbox: { ...EVERYTHING, folders: ['Lost', 'INBOX'] } });
    world.server.deliver(createPolledMailText('one'));
    expect(await world.poll()).toMatchObject({
      outcome: 'polled',
      mails: 1,
      fault: { code: 'folder-missing' },
    });
    expect(world.readRow()).toMatchObject({ failures: 0, failureCode: 'folder-missing' });
  });

  it.each([['Lost'], ['Lost/*']])(
    'is no success when there is no folder but %s',
    async (folder) => {
      const world = createPollWorld({ mailbox: { ...EVERYTHING, folders: [folder] } });
      expect(await world.poll()).toMatchObject({
        outcome: 'failed',
        fault: { code: 'folder-missing' },
      });
      expect(world.readRow()).toMatchObject({
        failures: 1,
        failureCode: 'folder-missing',
        lastSuccessAtMs: 0,
      });
    },
  );
});

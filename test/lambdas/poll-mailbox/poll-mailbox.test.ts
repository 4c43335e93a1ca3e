import { describe, expect, it } from 'vitest';
import { createPolledMailText, createPollWorld } from '../../support/poll-world.ts';

const EVERYTHING = { begin: 'everything' } as const;

describe('the first poll', () => {
  it('takes nothing of what is there, and after that what comes', async () => {
    const world = createPollWorld();
    world.server.deliver(createPolledMailText('old'));
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 0, fault: null });
    world.server.deliver(createPolledMailText('new'));
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1, fault: null });
    await world.handleArrivals();
    expect(world.readReceived()).toEqual(['new@sender.example']);
  });

  it('takes everything where that is wanted', async () => {
    const world = createPollWorld({ mailbox: EVERYTHING });
    for (const name of ['one', 'two', 'three']) world.server.deliver(createPolledMailText(name));
    expect(await world.poll()).toMatchObject({ mails: 3, isMore: false });
    await world.handleArrivals();
    expect(world.readReceived()).toEqual([
      'one@sender.example',
      'two@sender.example',
      'three@sender.example',
    ]);
  });

  it('takes what came in since a day', async () => {
    const world = createPollWorld({ mailbox: { begin: { since: '2026-11-20' } } });
    world.server.deliver(createPolledMailText('before'), {
      receivedAtMs: Date.parse('2026-11-19T23:59:59Z'),
    });
    world.server.deliver(createPolledMailText('on'), {
      receivedAtMs: Date.parse('2026-11-20T00:00:00Z'),
    });
    expect(await world.poll()).toMatchObject({ mails: 1, passedOver: 1 });
    await world.handleArrivals();
    expect(world.readReceived()).toEqual(['on@sender.example']);
  });
});

describe('an arrival of a polled mail', () => {
  it('is for the address of the mailbox, from its Return-Path, at its arrival there', async () => {
    const world = createPollWorld({ mailbox: EVERYTHING });
    world.server.deliver(createPolledMailText('one'), {
      receivedAtMs: Date.parse('2026-11-24T08:00:00Z'),
    });
    await world.poll();
    expect(world.notices).toHaveLength(1);
    expect(world.notices[0]?.arrived).toMatchObject({
      arrival: { door: 'imap', mailbox: 'vendor', receivedAt: '2026-11-24T08:00:00.000Z' },
      envelope: {
        sender: 'bounces@sender.example',
        recipients: ['vendor@elsewhere.example'],
        source: 'headers',
      },
      verdicts: { spam: 'DISABLED', dkim: 'DISABLED' },
    });
    const arrivalId = world.notices[0]?.arrived.arrival.arrivalId ?? '';
    expect(arrivalId).toMatch(/^imap-vendor-[0-9a-f]{40}$/);
    expect(world.readRawKeys()).toEqual([`raw/imap/${arrivalId}`]);
    expect(world.room.ledger.arrivals.get(arrivalId)?.state).toBe('seen');
  });
});

import { describe, expect, it } from 'vitest';
import type { PollPorts } from '../../../lambdas/poll-mailbox/ports.ts';
import type { MailboxSession } from '../../../mail/ports/mailbox-ports.ts';
import { createPolledMailText, createPollWorld } from '../../support/poll-world.ts';
import { type AroundCall, wrapPortCalls } from '../../support/wrap-port-calls.ts';

/** Ports whose calls are all written down. */
function recordCalls(ports: PollPorts, calls: string[]): PollPorts {
  const around: AroundCall = (call, run) => {
    calls.push(call);
    return run();
  };
  const { openSession } = ports;
  return {
    ...ports,
    states: wrapPortCalls(ports.states, 'states', around),
    knownLists: wrapPortCalls(ports.knownLists, 'knownLists', around),
    rawMail: wrapPortCalls(ports.rawMail, 'rawMail', around),
    arrivals: wrapPortCalls(ports.arrivals, 'arrivals', around),
    ledger: wrapPortCalls(ports.ledger, 'ledger', around),
    openSession: async (options) =>
      wrapPortCalls<MailboxSession>(await openSession(options), 'session', around),
  };
}

describe('one poll', () => {
  it('has a mail safe before the cursor moves, and the cursor saved before the mailbox changes', async () => {
    const calls: string[] = [];
    const world = createPollWorld({
      mailbox: { begin: 'everything', afterwards: 'delete' },
      wrapPorts: (ports) => recordCalls(ports, calls),
    });
    world.server.deliver(createPolledMailText('one'));
    await world.poll();
    expect(calls).toEqual([
      'states.claimMailbox',
      'states.hasKnown',
      'session.openFolder',
      // It is met for the first time.
      'states.saveMailbox',
      'session.listMails',
      'states.findKnown',
      'session.readMails',
      'rawMail.writeRawMail',
      'arrivals.announceArrivals',
      'ledger.recordSeen',
      'states.recordKnown',
      'states.saveMailbox',
      'session.changeMails',
      'session.close',
      'session.abort',
      'states.releaseMailbox',
    ]);
  });

  it('deletes in POP3 only after list and row say what is safe, and before the session ends', async () => {
    const calls: string[] = [];
    const world = createPollWorld({
      mailbox: { protocol: 'pop3', begin: 'everything', afterwards: 'delete' },
      wrapPorts: (ports) => recordCalls(ports, calls),
    });
    world.server.deliver(createPolledMailText('one'));
    await world.poll();
    const order = [
      'rawMail.writeRawMail',
      'arrivals.announceArrivals',
      'states.recordKnown',
      'knownLists.writeList',
      'states.saveMailbox',
      'session.changeMails',
      'session.close',
      'states.releaseMailbox',
    ];
    expect(calls.filter((call) => order.includes(call))).toEqual([
      ...order.slice(0, 5),
      // The deletion comes of the list, after a save of its own.
      'states.saveMailbox',
      ...order.slice(5),
    ]);
    expect(world.server.folders.get('INBOX')?.mails).toEqual([]);
  });

  it('costs two writes and one row where nothing is new, whatever the mailbox holds', async () => {
    const calls: string[] = [];
    const world = createPollWorld({
      mailbox: { begin: 'now' },
      wrapPorts: (ports) => recordCalls(ports, calls),
    });
    for (let index = 0; index < 300; index += 1) {
      world.server.deliver(createPolledMailText(`mail-${index}`));
    }
    await world.poll();
    calls.length = 0;
    world.server.calls.length = 0;
    await world.poll();
    expect(calls.filter((call) => !call.startsWith('session.'))).toEqual([
      'states.claimMailbox',
      'states.releaseMailbox',
    ]);
    expect(world.server.calls).toEqual(['open', 'openFolder', 'close']);
    expect(world.server.bytesOut()).toBe(0);
  });

  it('reads no list of a POP3 mailbox that is as it was, and one a day', async () => {
    const calls: string[] = [];
    const world = createPollWorld({
      mailbox: { protocol: 'pop3', begin: 'now' },
      wrapPorts: (ports) => recordCalls(ports, calls),
    });
    world.server.deliver(createPolledMailText('old'));
    await world.poll();
    calls.length = 0;
    await world.poll();
    expect(calls.filter((call) => !call.startsWith('session.'))).toEqual([
      'states.claimMailbox',
      'states.releaseMailbox',
    ]);
    calls.length = 0;
    world.room.passSeconds(86_400);
    await world.poll();
    expect(calls).toContain('knownLists.readList');
    expect(calls).not.toContain('knownLists.writeList');
  });

  it('sends no command that writes where it does not act', async () => {
    for (const afterwards of ['mark-seen', 'delete', { move: 'Done' }, { flag: 'Done' }] as const) {
      const world = createPollWorld({ mailbox: { begin: 'everything', afterwards } });
      world.server.deliver(createPolledMailText('one'));
      expect(await world.poll({ isActing: false })).toMatchObject({ mails: 1, changed: 0 });
      expect(world.server.calls.filter((call) => call.startsWith('changeMails'))).toEqual([]);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { pollMailbox } from '../../../lambdas/poll-mailbox/poll-mailbox.ts';
import type { PollPorts } from '../../../lambdas/poll-mailbox/ports.ts';
import type { ConfigurationInput } from '../../../mail/configuration/configuration-schema.ts';
import type { MailboxSession } from '../../../mail/ports/mailbox-ports.ts';
import { createPolledMailText, createPollWorld } from '../../support/poll-world.ts';
import { type AroundCall, wrapPortCalls } from '../../support/wrap-port-calls.ts';

type MailboxInput = NonNullable<ConfigurationInput['mailboxes']>[number];

/** Where a process dies: at this call, before or after it was done. */
interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** A process of which nothing is heard again: a call that never returns. */
const never = (): Promise<never> =>
  new Promise(() => {
    // It is dead.
  });

/** Ports of a process that dies at a call; whoever waits for it is told by `died`. */
function createMortalPorts(ports: PollPorts, death: Death, died: () => void) {
  let calls = 0;
  let isDead = false;
  const around: AroundCall = async (_, run) => {
    if (isDead) return never();
    const isAt = calls === death.at;
    calls += 1;
    if (isAt && death.when === 'before') {
      isDead = true;
      died();
      return never();
    }
    const result = await run();
    if (isAt) {
      isDead = true;
      died();
      return never();
    }
    return result;
  };
  const { openSession } = ports;
  /** Iterables are no promises: each mail that is asked for is a call of its own. */
  const wrapSession = (session: MailboxSession): MailboxSession => {
    async function* each<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
      for await (const item of items) {
        await around('session.next', () => undefined);
        yield item;
      }
    }
    const wrapped = wrapPortCalls(session, 'session', (call, run) =>
      call === 'session.abort' ? run() : around(call, run),
    );
    return {
      capabilities: session.capabilities,
      listFolders: () => wrapped.listFolders(),
      openFolder: (path) => wrapped.openFolder(path),
      listMails: (selection) => each(session.listMails(selection)),
      readHeaders: (mails, fields) => each(session.readHeaders(mails, fields)),
      readMails: (mails) => each(session.readMails(mails)),
      changeMails: (mails, change) => wrapped.changeMails(mails, change),
      close: () => wrapped.close(),
      abort: () => {
        session.abort();
      },
    };
  };
  return {
    readCalls: () => calls,
    ports: {
      ...ports,
      states: wrapPortCalls(ports.states, 'states', around),
      knownLists: wrapPortCalls(ports.knownLists, 'knownLists', around),
      rawMail: wrapPortCalls(ports.rawMail, 'rawMail', around),
      arrivals: wrapPortCalls(ports.arrivals, 'arrivals', around),
      ledger: wrapPortCalls(ports.ledger, 'ledger', around),
      events: wrapPortCalls(ports.events, 'events', around),
      openSession: async (options) => wrapSession(await openSession(options)),
    } satisfies PollPorts,
  };
}

const NAMES = ['one', 'two', 'three'];

const CASES: readonly { readonly title: string; readonly mailbox: Partial<MailboxInput> }[] = [
  { title: 'IMAP, left as it is', mailbox: {} },
  { title: 'IMAP, marked seen', mailbox: { afterwards: 'mark-seen' } },
  { title: 'IMAP, moved', mailbox: { afterwards: { move: 'Done' } } },
  { title: 'IMAP, deleted', mailbox: { afterwards: 'delete' } },
  { title: 'IMAP, found by what can change', mailbox: { search: { seen: false } } },
  { title: 'POP3, left there', mailbox: { protocol: 'pop3' } },
  { title: 'POP3, deleted', mailbox: { protocol: 'pop3', afterwards: 'delete' } },
];

describe.each(CASES)('a poll of $title', ({ mailbox }) => {
  /** Lets one poll die, and others go on when its lease is over. */
  const pollThrough = async (death: Death): Promise<number> => {
    const world = createPollWorld({ mailbox: { begin: 'everything', ...mailbox } });
    for (const name of NAMES) world.server.deliver(createPolledMailText(name));
    const deaths = Promise.withResolvers<undefined>();
    const mortal = createMortalPorts(world.ports, death, () => {
      deaths.resolve(undefined);
    });
    const options = { deadlineAtMs: world.room.clock.now() + 300_000, isActing: true };
    await Promise.race([pollMailbox(world.mailbox, mortal.ports, options), deaths.promise]);
    for (let round = 0; round < 2; round += 1) {
      world.room.passSeconds(400);
      expect(await world.poll()).toMatchObject({ outcome: 'polled', fault: null });
      await world.handleArrivals();
    }
    expect(world.readReceived().toSorted()).toEqual(
      NAMES.map((name) => `${name}@sender.example`).toSorted(),
    );
    // What was owed to each mail was done to it.
    const inbox = world.server.folders.get('INBOX')?.mails ?? [];
    const isGone = typeof mailbox.afterwards === 'object' || mailbox.afterwards === 'delete';
    expect(inbox).toHaveLength(isGone ? 0 : 3);
    if (mailbox.afterwards === 'mark-seen') {
      expect(inbox.every(({ flags }) => flags.has('\\Seen'))).toBe(true);
    }
    const arrivals = [...world.room.ledger.arrivals.values()];
    expect(arrivals.every(({ state }) => state === 'done')).toBe(true);
    return mortal.readCalls();
  };

  it('that dies at any call gives one event of each mail, and changes each', async () => {
    const calls = await pollThrough({ at: Infinity, when: 'before' });
    expect(calls).toBeGreaterThan(12);
    for (let at = 0; at < calls; at += 1) {
      for (const when of ['before', 'after'] as const) await pollThrough({ at, when });
    }
  });
});

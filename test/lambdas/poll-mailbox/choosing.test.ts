import { describe, expect, it } from 'vitest';
import { createPolledMailText, createPollWorld } from '../../support/poll-world.ts';

const EVERYTHING = { begin: 'everything' } as const;
const DAY_MS = 86_400_000;

const readNames = (world: ReturnType<typeof createPollWorld>): readonly string[] =>
  world.readReceived().map((messageId) => messageId?.split('@')[0] ?? '');

/** Polls until nothing is left. */
async function pollAll(world: ReturnType<typeof createPollWorld>) {
  const reports = [await world.poll()];
  while (reports.at(-1)?.isMore === true) reports.push(await world.poll());
  await world.handleArrivals();
  return reports;
}

describe('a folder that was numbered anew', () => {
  it('is compared by headers alone: only unknown mails are fetched, and an event has the numbers', async () => {
    const world = createPollWorld({ mailbox: EVERYTHING });
    const text = 'x'.repeat(20_000);
    for (let index = 0; index < 50; index += 1) {
      world.server.deliver(createPolledMailText(`mail-${index}`, { text }));
    }
    await pollAll(world);
    const before = world.server.bytesOut();
    world.server.deliver(createPolledMailText('new'));
    world.server.renumber('INBOX');
    expect(await pollAll(world)).toMatchObject([{ mails: 1, known: 50 }]);
    expect((world.server.bytesOut() - before) / before).toBeLessThan(0.05);
    expect(readNames(world)).toHaveLength(51);
    expect(world.readNews()).toMatchObject([
      { type: 'mailbox.resynced', folder: 'INBOX', known: 50, fetched: 1, passedOver: 0 },
    ]);
    expect(await pollAll(world)).toMatchObject([{ mails: 0, known: 0 }]);
    expect(world.readNews()).toHaveLength(1);
  });

  it('counts as handled what came in before anything that is remembered', async () => {
    const world = createPollWorld({ mailbox: EVERYTHING });
    const nowMs = world.room.clock.now();
    for (const [name, days] of [
      ['older', 91],
      ['younger', 89],
    ] as const) {
      world.server.deliver(createPolledMailText(name), { receivedAtMs: nowMs - days * DAY_MS });
    }
    await world.poll();
    world.server.renumber('INBOX');
    expect(await world.poll()).toMatchObject({ mails: 0, known: 1, passedOver: 1 });
    expect(world.readNews()).toMatchObject([{ known: 1, fetched: 0, passedOver: 1 }]);
  });

  it('brings nothing of what was there before the mailbox began', async () => {
    const world = createPollWorld();
    world.server.deliver(createPolledMailText('old'), {
      receivedAtMs: world.room.clock.now() - DAY_MS,
    });
    await world.poll();
    world.server.renumber('INBOX');
    expect(await world.poll()).toMatchObject({ mails: 0, passedOver: 1 });
  });

  it('leaves known mail as it is, whoever has marked it unread since', async () => {
    const world = createPollWorld({ mailbox: { ...EVERYTHING, afterwards: 'mark-seen' } });
    world.server.deliver(createPolledMailText('one'));
    await world.poll();
    const inbox = world.server.folders.get('INBOX');
    inbox?.mails[0]?.flags.clear();
    world.server.renumber('INBOX');
    await world.poll();
    expect([...(inbox?.mails[0]?.flags ?? [])]).toEqual([]);
  });
});

describe('a row that was lost', () => {
  it('is no new beginning: mails that are known stay so, and what came meanwhile comes in', async () => {
    const world = createPollWorld();
    await world.poll();
    world.room.passSeconds(60);
    const receivedAtMs = world.room.clock.now();
    world.server.deliver(createPolledMailText('one'), { receivedAtMs });
    await world.poll();
    // The table knows the mailbox's mails; its row is gone.
    const { rows } = world.states;
    (rows as Map<string, unknown>).delete('vendor');
    world.server.deliver(createPolledMailText('two'), { receivedAtMs: receivedAtMs + DAY_MS });
    world.room.passSeconds(3600);
    await world.poll();
    await world.handleArrivals();
    expect(readNames(world)).toEqual(['one', 'two']);
  });
});

describe('folders', () => {
  it('of a pattern are polled each by its cursor, a new one from its first mail on', async () => {
    const world = createPollWorld({ mailbox: { ...EVERYTHING, folders: ['INBOX', 'Lists/%'] } });
    world.server.deliver(createPolledMailText('one'), { folder: 'Lists/a' });
    world.server.deliver(createPolledMailText('deep'), { folder: 'Lists/a/deep' });
    await world.poll();
    world.server.deliver(createPolledMailText('two'), { folder: 'Lists/b' });
    await world.poll();
    await world.handleArrivals();
    expect(readNames(world)).toEqual(['one', 'two']);
  });

  it('that were renamed bring nothing twice', async () => {
    const world = createPollWorld({ mailbox: { ...EVERYTHING, folders: ['Lists/*'] } });
    world.server.deliver(createPolledMailText('one'), { folder: 'Lists/a' });
    await world.poll();
    const folder = world.server.folders.get('Lists/a');
    if (folder !== undefined)
      (world.server.folders as Map<string, typeof folder>).set('Lists/b', folder);
    (world.server.folders as Map<string, unknown>).delete('Lists/a');
    expect(await world.poll()).toMatchObject({ mails: 0, known: 1 });
    expect(world.readNews()).toEqual([]);
  });

  it('with one mail under several labels fetch it once', async () => {
    const world = createPollWorld({ mailbox: { ...EVERYTHING, folders: ['INBOX', 'Label'] } });
    const raw = createPolledMailText('one');
    world.server.deliver(raw, { serverId: '1278455344230334865' });
    world.server.deliver(raw, { serverId: '1278455344230334865', folder: 'Label' });
    expect(await world.poll()).toMatchObject({ mails: 1, known: 1 });
    await world.handleArrivals();
    expect(readNames(world)).toEqual(['one']);
  });

  it('that polled mail is moved to are not polled', async () => {
    const world = createPollWorld({
      mailbox: { ...EVERYTHING, folders: ['INBOX', '\\Archive'], afterwards: { move: 'Done' } },
    });
    world.server.createFolder('Done', '\\Archive');
    world.server.deliver(createPolledMailText('one'));
    await world.poll();
    expect(await world.poll()).toMatchObject({ mails: 0, known: 0 });
    expect(world.server.folders.get('Done')?.mails).toHaveLength(1);
  });
});

describe('a search', () => {
  it('by what cannot change goes by the cursor', async () => {
    const world = createPollWorld({ mailbox: { ...EVERYTHING, search: { subject: 'invoice' } } });
    world.server.deliver(createPolledMailText('one', { subject: 'Invoice 1' }));
    world.server.deliver(createPolledMailText('two'));
    expect(await world.poll()).toMatchObject({ mails: 1 });
    expect(world.readRow()?.folders.get('INBOX')).toEqual({ generation: '17', lastUid: 2 });
  });

  it('by what can change finds a mail when it changes, and each once', async () => {
    const world = createPollWorld({ mailbox: { ...EVERYTHING, search: { flagged: true } } });
    world.server.deliver(createPolledMailText('one'), { flags: ['\\Flagged'] });
    world.server.deliver(createPolledMailText('two'));
    expect(await world.poll()).toMatchObject({ mails: 1 });
    world.server.folders.get('INBOX')?.mails[1]?.flags.add('\\Flagged');
    expect(await world.poll()).toMatchObject({ mails: 1 });
    expect(await world.poll()).toMatchObject({ mails: 0, known: 0 });
    await world.handleArrivals();
    expect(readNames(world)).toEqual(['one', 'two']);
  });
});

describe('mail above the limit', () => {
  const large = createPolledMailText('large', { text: 'x'.repeat(5_000) });

  it('comes as an event with its header, is told of once, and stays where it is', async () => {
    const world = createPollWorld({
      mailbox: { ...EVERYTHING, maxMailBytes: 4_096, afterwards: 'delete' },
    });
    world.server.deliver(large);
    expect(await world.poll()).toMatchObject({ mails: 0, oversize: 1 });
    const news = world.readNews();
    expect(news).toMatchObject([
      { type: 'mail.oversize', folder: 'INBOX', id: '1', bytes: large.length, maxMailBytes: 4_096 },
    ]);
    const [told] = news;
    const headers = told?.type === 'mail.oversize' ? told.headers : null;
    expect(headers).toContainEqual({ name: 'Subject', value: 'large' });
    await world.poll();
    expect(world.readNews()).toHaveLength(1);
    expect(world.server.folders.get('INBOX')?.mails).toHaveLength(1);
  });

  it('is only counted where it is to be skipped', async () => {
    const world = createPollWorld({
      mailbox: { ...EVERYTHING, maxMailBytes: 4_096, oversize: 'skip' },
    });
    world.server.deliver(large);
    await world.poll();
    expect(world.readNews()).toMatchObject([{ type: 'mail.oversize', headers: null }]);
    expect(world.server.bytesOut()).toBe(0);
  });

  it('is taken at the limit and not above it', async () => {
    for (const [maxMailBytes, mails] of [
      [large.length - 1, 0],
      [large.length, 1],
      [large.length + 1, 1],
    ] as const) {
      const world = createPollWorld({ mailbox: { ...EVERYTHING, maxMailBytes } });
      world.server.deliver(large);
      expect(await world.poll()).toMatchObject({ mails });
    }
  });
});

describe('headers first', () => {
  it('fetches only what a rule may want, and changes nothing else', async () => {
    const world = createPollWorld({
      mailbox: { ...EVERYTHING, headersFirst: true, afterwards: 'delete' },
      configuration: {
        queues: { inbox: {} },
        rules: [
          {
            name: 'invoices',
            when: { all: [{ subject: '*invoice*' }, { attachment: { type: 'application/pdf' } }] },
            then: [{ queue: 'inbox' }],
          },
        ],
        otherwise: { drop: 'no invoice' },
        quarantine: { queue: 'inbox' },
      },
    });
    world.server.deliver(createPolledMailText('one', { subject: 'Your invoice' }));
    world.server.deliver(createPolledMailText('two', { subject: 'Hello' }));
    expect(await world.poll()).toMatchObject({ mails: 1, unwanted: 1, changed: 1 });
    expect(world.server.folders.get('INBOX')?.mails.map(({ id }) => id)).toEqual(['2']);
  });
});

describe('what one poll may take', () => {
  it('is so many mails, and the next goes on at once', async () => {
    const world = createPollWorld({ mailbox: { ...EVERYTHING, perPoll: { messages: 2 } } });
    for (const name of ['one', 'two', 'three']) world.server.deliver(createPolledMailText(name));
    const first = await world.poll();
    expect(first).toMatchObject({ mails: 2, isMore: true, dueAtMs: world.room.clock.now() });
    expect(await world.poll()).toMatchObject({ mails: 1, isMore: false });
    expect(await createLimited(2)).toMatchObject({ mails: 2, isMore: false });
  });

  it('is so many bytes', async () => {
    const MIB = 1024 * 1024;
    const world = createPollWorld({
      mailbox: { ...EVERYTHING, perPoll: { bytes: MIB }, maxMailBytes: MIB },
    });
    const text = 'x'.repeat(600_000);
    world.server.deliver(createPolledMailText('one', { text }));
    world.server.deliver(createPolledMailText('two', { text }));
    expect(await world.poll()).toMatchObject({ mails: 1, isMore: true });
    expect(await world.poll()).toMatchObject({ mails: 1, isMore: false });
  });

  it('is what fits before the deadline: no batch is begun too late', async () => {
    const world = createPollWorld({ mailbox: EVERYTHING });
    world.server.deliver(createPolledMailText('one'));
    const atMs = world.room.clock.now();
    expect(await world.poll({ deadlineAtMs: atMs + 27_999 })).toMatchObject({
      mails: 0,
      isMore: true,
    });
    expect(await world.poll({ deadlineAtMs: atMs + 28_000 })).toMatchObject({ mails: 1 });
  });

  it('is what the provider gives in a day, of which people keep a fifth', async () => {
    const world = createPollWorld({
      mailbox: { ...EVERYTHING, provider: 'gmail' },
    });
    const row = await world.poll();
    expect(row).toMatchObject({ outcome: 'polled' });
    const claimed = await world.states.claimMailbox('vendor', 'now');
    if (claimed.kind !== 'claimed') throw new Error('expected a claim');
    const { claim, state } = claimed;
    const budget = { ...state.budget, bytes: 2_000_000_000 };
    await world.states.releaseMailbox(claim, { ...state, budget });
    world.server.deliver(createPolledMailText('one'));
    const spent = await world.poll();
    expect(spent).toMatchObject({ outcome: 'over-budget', mails: 0, isMore: false });
    expect(new Date(spent.dueAtMs ?? 0).toISOString()).toBe('2026-11-25T00:07:30.000Z');
    expect(world.readRow()?.pauseReason).toBe('budget');
    world.room.passSeconds(86_400);
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1 });
  });
});

/** Polls a mailbox that holds just as much as it may take. */
async function createLimited(messages: number) {
  const world = createPollWorld({ mailbox: { ...EVERYTHING, perPoll: { messages } } });
  for (let index = 0; index < messages; index += 1) {
    world.server.deliver(createPolledMailText(`mail-${index}`));
  }
  return world.poll();
}

describe('two polls of one mailbox', () => {
  it('at once: one has it, the other finds it busy', async () => {
    const world = createPollWorld({ mailbox: EVERYTHING });
    world.server.deliver(createPolledMailText('one'));
    const reports = await Promise.all([world.poll(), world.poll(), world.poll()]);
    expect(reports.map(({ outcome }) => outcome).toSorted()).toEqual(['busy', 'busy', 'polled']);
    expect(world.notices).toHaveLength(1);
  });

  it('of which one outlived its lease: what it writes then is refused, and it changes nothing', async () => {
    const reached = Promise.withResolvers<undefined>();
    const goOn = Promise.withResolvers<undefined>();
    let isFirst = true;
    const world = createPollWorld({
      mailbox: { ...EVERYTHING, afterwards: 'delete' },
      wrapPorts: (ports) => ({
        ...ports,
        arrivals: {
          async announceArrivals(notices) {
            if (isFirst) {
              isFirst = false;
              reached.resolve(undefined);
              await goOn.promise;
            }
            await ports.arrivals.announceArrivals(notices);
          },
        },
      }),
    });
    world.server.deliver(createPolledMailText('one'));
    const late = world.poll();
    await reached.promise;
    world.room.passSeconds(331);
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1, changed: 1 });
    const row = world.readRow();
    goOn.resolve(undefined);
    expect(await late).toMatchObject({ outcome: 'claim-lost', changed: 0 });
    expect(world.readRow()).toEqual(row);
    await world.handleArrivals();
    expect(readNames(world)).toEqual(['one']);
  });
});

describe('a POP3 mailbox', () => {
  const POP3 = { ...EVERYTHING, protocol: 'pop3' } as const;

  it('deletes mail when it has been safe for so many days, and not what was there before', async () => {
    const world = createPollWorld({
      mailbox: { protocol: 'pop3', afterwards: { deleteAfterDays: 2 } },
    });
    world.server.deliver(createPolledMailText('old'));
    await world.poll();
    world.server.deliver(createPolledMailText('new'));
    await world.poll();
    const counts: (number | undefined)[] = [];
    for (let day = 0; day < 3; day += 1) {
      await world.poll();
      counts.push(world.server.folders.get('INBOX')?.mails.length);
      world.room.passSeconds(86_400);
    }
    expect(counts).toEqual([2, 2, 1]);
    expect(readNames(world)).toEqual([]);
    await world.handleArrivals();
    expect(readNames(world)).toEqual(['new']);
  });

  it('whose list was lost is compared with what is known, and brings nothing twice', async () => {
    const world = createPollWorld({ mailbox: POP3 });
    world.server.deliver(createPolledMailText('one'));
    await world.poll();
    for (const name of world.knownLists.lists.keys()) {
      await world.knownLists.removeList('vendor', name.slice('vendor/'.length));
    }
    world.server.deliver(createPolledMailText('two'));
    expect(await world.poll()).toMatchObject({ mails: 1, known: 1 });
  });

  it('keeps one list, of what is there', async () => {
    const world = createPollWorld({ mailbox: { ...POP3, afterwards: 'delete' } });
    for (let poll = 0; poll < 4; poll += 1) {
      world.server.deliver(createPolledMailText(`mail-${poll}`));
      await world.poll();
    }
    await world.poll();
    expect([...world.knownLists.lists.values()].map(({ length }) => length)).toEqual([8]);
  });
});

import { describe, expect, it } from 'vitest';
import { createDispatchPollsHandler } from '../../../lambdas/dispatch-polls/create-handler.ts';
import { pickDispatchPollsConfiguration } from '../../../mail/configuration/dispatch-polls-configuration.ts';
import { parseConfiguration } from '../../../mail/configuration/parse-configuration.ts';
import { mailboxEventSchema } from '../../../mail/contracts/mailbox-events.ts';
import { PeerUnavailableError } from '../../../mail/errors.ts';
import type { WakeUp } from '../../../mail/ports/wake-up-sender.ts';
import { createMemoryMailboxStates } from '../../support/memory-mailbox-states.ts';
import { createSampleConfiguration } from '../../support/sample-configuration.ts';
import { SAMPLE_SERVER_MAILBOX } from '../../support/sample-mailbox.ts';
import { createContext } from '../../support/sqs-event.ts';

const AT = '2026-11-24T09:00:00.000Z';
const HOUR_MS = 3_600_000;

interface Interval {
  readonly count: number;
  readonly intervalMinutes: number;
}

const createMailboxInputs = ({ count, intervalMinutes }: Interval) =>
  Array.from({ length: count }, (_, index) => ({
    ...SAMPLE_SERVER_MAILBOX,
    name: `every-${intervalMinutes}-${index}`,
    user: `user-${intervalMinutes}-${index}`,
    intervalMinutes,
  }));

function createWorld(...intervals: readonly Interval[]) {
  const configuration = pickDispatchPollsConfiguration(
    parseConfiguration({
      ...createSampleConfiguration(),
      mailboxes: intervals.flatMap(createMailboxInputs),
    }),
  );
  const clock = { nowMs: Date.parse(AT), now: () => clock.nowMs };
  const states = createMemoryMailboxStates(clock, 330);
  const batches: (readonly WakeUp[])[] = [];
  const events: { readonly queue: string; readonly body: string }[] = [];
  const failing = { batch: -1, events: false };
  const handler = createDispatchPollsHandler({
    wakeUps: {
      async sendWakeUps(wakeUps) {
        await Promise.resolve();
        batches.push(wakeUps);
        if (batches.length - 1 === failing.batch) throw new PeerUnavailableError('no answer');
      },
    },
    states,
    events: {
      async sendEvent(event) {
        await Promise.resolve();
        if (failing.events) throw new PeerUnavailableError('no answer');
        events.push(event);
      },
    },
    clock,
    readConfiguration: () => configuration,
  });
  return {
    clock,
    states,
    batches,
    events,
    failing,
    run: (intervalMinutes: number, scheduledAt: string = new Date(clock.nowMs).toISOString()) =>
      handler({ intervalMinutes, scheduledAt }, createContext()),
    /** Names, in the order that they were woken up in. */
    listWokenUp: () => batches.flat().map(({ request }) => request.mailbox),
    readEvents: () => events.map(({ body }) => mailboxEventSchema.parse(JSON.parse(body))),
  };
}

describe('a run of a schedule', () => {
  it('wakes up each mailbox of its interval, and no other', async () => {
    const world = createWorld({ count: 2, intervalMinutes: 5 }, { count: 1, intervalMinutes: 60 });
    expect(await world.run(5, AT)).toEqual({
      intervalMinutes: 5,
      isLate: false,
      wokenUp: 2,
      stale: 0,
    });
    expect(world.listWokenUp()).toEqual(['every-5-0', 'every-5-1']);
  });

  it.each([
    [10, [10]],
    [11, [10, 1]],
    [30, [10, 10, 10]],
  ])('sends the wake-ups of %i mailboxes in batches of %j', async (count, sizes) => {
    const world = createWorld({ count, intervalMinutes: 5 });
    await world.run(5, AT);
    expect(world.batches.map(({ length }) => length)).toEqual(sizes);
  });

  it('of an interval that no mailbox has any more does nothing', async () => {
    const world = createWorld({ count: 1, intervalMinutes: 5 });
    expect(await world.run(7, AT)).toMatchObject({ wokenUp: 0 });
    expect(world.batches).toEqual([]);
  });

  it('that is as late as its interval is followed, and one that is later is not', async () => {
    const world = createWorld({ count: 1, intervalMinutes: 5 });
    world.clock.nowMs += 300_000;
    expect(await world.run(5, AT)).toMatchObject({ isLate: false, wokenUp: 1 });
    world.clock.nowMs += 1;
    expect(await world.run(5, AT)).toMatchObject({ isLate: true, wokenUp: 0 });
  });

  it('is refused when no schedule of ours can have said it', async () => {
    const world = createWorld({ count: 1, intervalMinutes: 5 });
    await expect(world.run(0, AT)).rejects.toMatchObject({ code: 'event-malformed' });
    await expect(world.run(5, '<aws.scheduler.scheduled-time>')).rejects.toMatchObject({
      code: 'event-malformed',
    });
  });

  it('sends the other batches though one is not taken, and fails, so that it is run again', async () => {
    const world = createWorld({ count: 95, intervalMinutes: 5 });
    world.failing.batch = 2;
    await expect(world.run(5, AT)).rejects.toThrow(PeerUnavailableError);
    expect(world.listWokenUp()).toHaveLength(95);
  });
});

describe('the silence of a mailbox', () => {
  const createSilent = async () => {
    const world = createWorld({ count: 1, intervalMinutes: 60 });
    await world.run(60);
    return world;
  };

  it('counts from the first run on, and is told once, when the objective is over', async () => {
    const world = await createSilent();
    world.clock.nowMs += 3 * HOUR_MS;
    expect(await world.run(60)).toMatchObject({ stale: 0 });
    world.clock.nowMs += 1;
    expect(await world.run(60)).toMatchObject({ stale: 1 });
    expect(await world.run(60)).toMatchObject({ stale: 0 });
    expect(world.readEvents()).toMatchObject([
      {
        type: 'mailbox.stale',
        mailbox: 'every-60-0',
        freshnessMinutes: 180,
        lastSuccessAt: null,
        code: null,
      },
    ]);
  });

  it('is told by the next run when it could not be told by this one, as the same event', async () => {
    const world = await createSilent();
    world.clock.nowMs += 4 * HOUR_MS;
    world.failing.events = true;
    await expect(world.run(60)).rejects.toThrow(PeerUnavailableError);
    world.failing.events = false;
    expect(await world.run(60)).toMatchObject({ stale: 1, wokenUp: 1 });
    expect(world.events).toHaveLength(1);
  });

  it('is told again when it falls silent after a poll that succeeded, as another event', async () => {
    const world = await createSilent();
    world.clock.nowMs += 4 * HOUR_MS;
    await world.run(60);
    const claimed = await world.states.claimMailbox('every-60-0', 'due');
    if (claimed.kind !== 'claimed') throw new Error('expected a claim');
    const lastSuccessAtMs = world.clock.nowMs + 1;
    await world.states.releaseMailbox(claimed.claim, { ...claimed.state, lastSuccessAtMs });
    world.clock.nowMs += 3 * HOUR_MS;
    expect(await world.run(60)).toMatchObject({ stale: 0 });
    world.clock.nowMs += HOUR_MS;
    expect(await world.run(60)).toMatchObject({ stale: 1 });
    expect(await world.run(60)).toMatchObject({ stale: 0 });
    expect(new Set(world.readEvents().map(({ eventId }) => eventId)).size).toBe(2);
  });

  it('says what failed last', async () => {
    const world = await createSilent();
    const claimed = await world.states.claimMailbox('every-60-0', 'due');
    if (claimed.kind !== 'claimed') throw new Error('expected a claim');
    const { claim, state } = claimed;
    await world.states.releaseMailbox(claim, { ...state, failureCode: 'peer-unavailable' });
    world.clock.nowMs += 4 * HOUR_MS;
    await world.run(60);
    expect(world.readEvents()).toMatchObject([{ code: 'peer-unavailable' }]);
  });

  it('is looked for once an hour in each mailbox, a twelfth of them at each run of five minutes', async () => {
    const world = createWorld({ count: 1000, intervalMinutes: 5 });
    const noted: number[] = [];
    for (let run = 0; run < 12; run += 1) {
      await world.run(5);
      noted.push(world.states.rows.size);
      world.clock.nowMs += 300_000;
    }
    expect(noted.at(-1)).toBe(1000);
    expect(noted[0]).toBeLessThan(150);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrivalKey } from '../../mail/ledger/table-keys.ts';
import { drainArrivals } from './event-source.ts';
import { findFaults, findOrphans, readRow } from './find-faults.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { createKillPlan, killAtCalls, type KillPosition } from './kill-at-calls.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { ONE_MAIL, SCENARIO_CONFIGURATION, SCENARIOS } from './scenarios.ts';
import { createSeededRandom, sampleList } from './seeded-random.ts';

/** LIMIT: a kill takes half a second; `npm run test:long` does them all. */
const SAMPLE_SIZE = 7;

let world: MailWorld;
let pool: FunctionPool;
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION });
  pool = createFunctionPool(world);
});
afterAll(async () => {
  await world.close();
});

describe('a function that is killed', { timeout: 120_000 }, () => {
  it('at any of its calls loses nothing and sends nothing else', async () => {
    const { positions, deaths, faults } = await killAtCalls(world, pool, ONE_MAIL);
    expect(faults).toEqual([]);
    // Nine calls, each killed before, midway and after.
    expect(positions).toBeGreaterThanOrEqual(27);
    expect(deaths).toBe(positions);
    expect(await findOrphans(world)).toEqual([]);
  });

  it.each(SCENARIOS.slice(1))('at some call loses nothing of $title', async (scenario) => {
    const random = createSeededRandom(SCENARIOS.indexOf(scenario));
    const { deaths, faults } = await killAtCalls(world, pool, scenario, (positions) =>
      sampleList(positions, SAMPLE_SIZE, random),
    );
    expect(faults).toEqual([]);
    // Mails of one batch run side by side, so the last calls may be one fewer in another run.
    expect(deaths).toBeGreaterThanOrEqual(SAMPLE_SIZE - 1);
    expect(await findOrphans(world)).toEqual([]);
  });
});

describe('rules that are deployed after a kill', { timeout: 60_000 }, () => {
  const otherRules = {
    ...SCENARIO_CONFIGURATION,
    rules: [
      {
        name: 'nothing any more',
        when: { subject: 'no mail has this' },
        then: ['support', 'invoices', 'crm'].map((queue) => ({ queue })),
      },
    ],
  };

  it('decide a mail that was not decided, and change nothing for one that was', async () => {
    const after = createFunctionPool(world, { rules: otherRules });
    const queues: string[] = [];
    // Before and after each call up to the first sending.
    for (const index of [2, 3, 4, 5, 6]) {
      for (const when of ['before', 'after'] as const) {
        const position: KillPosition = { index, when };
        const run = ONE_MAIL.create(`rules-${index}-${when}`);
        const [arrivalId = ''] = run.arrivalIds;
        let isDead = false;
        let queue = '';
        await world.storeMails(run.mails);
        await world.announce(run.notifications);
        world.proxy.setPlan(createKillPlan(pool, position));
        await drainArrivals(world, {
          readFunction: () => (isDead ? after : pool).read(),
          async onDeath() {
            isDead = true;
            const row = await readRow(world, arrivalKey(arrivalId));
            queue = row?.['state'] === 'decided' ? 'support' : 'inbox';
          },
        });
        const outcomes = run.outcomes.map((events) => events.map((one) => ({ ...one, queue })));
        expect(await findFaults(world, { ...run, outcomes })).toEqual([]);
        queues.push(queue);
      }
    }
    expect(new Set(queues)).toEqual(new Set(['inbox', 'support']));
  });
});

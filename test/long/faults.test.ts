import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failAtCalls } from '../kill/fail-at-calls.ts';
import { findOrphans } from '../kill/find-faults.ts';
import { createFunctionPool, type FunctionPool } from '../kill/function-pool.ts';
import { type MailWorld, startMailWorld } from '../kill/mail-world.ts';
import { runScenario } from '../kill/run-scenario.ts';
import { ONE_MAIL, SCENARIO_CONFIGURATION, SCENARIOS } from '../kill/scenarios.ts';
import { createSeededRandom } from '../kill/seeded-random.ts';
import { createRandomFaultPlan } from '../kill/service-faults.ts';

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

let world: MailWorld;
let pool: FunctionPool;
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION, speed: 10 });
  pool = createFunctionPool(world);
});
afterAll(async () => {
  await world.close();
});

describe('a call that fails, its retry too', () => {
  it('in any way, at any call, loses no mail and doubles none', async () => {
    const { positions, faults } = await failAtCalls(world, pool, ONE_MAIL);
    expect(faults).toEqual([]);
    expect(positions).toBeGreaterThanOrEqual(80);
    expect(await findOrphans(world)).toEqual([]);
  });

  it.each(SCENARIOS)('at random loses nothing of $title', async (scenario) => {
    const faults: string[] = [];
    for (const seed of SEEDS) {
      const plan = createRandomFaultPlan(createSeededRandom(seed), 2);
      const result = await runScenario(world, scenario, plan, { readFunction: () => pool.read() });
      faults.push(...result.faults.map((fault) => `seed ${seed}: ${fault}`));
    }
    expect(faults).toEqual([]);
    expect(await findOrphans(world)).toEqual([]);
  });
});

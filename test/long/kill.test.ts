import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOrphans } from '../kill/find-faults.ts';
import { createFunctionPool, type FunctionPool } from '../kill/function-pool.ts';
import { killAtCalls } from '../kill/kill-at-calls.ts';
import { type MailWorld, startMailWorld } from '../kill/mail-world.ts';
import { SCENARIO_CONFIGURATION, SCENARIOS } from '../kill/scenarios.ts';

let world: MailWorld;
let pool: FunctionPool;
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION });
  pool = createFunctionPool(world);
});
afterAll(async () => {
  await world.close();
});

describe('a function that is killed at every call', () => {
  it.each(SCENARIOS)('loses nothing of $title', async (scenario) => {
    const { positions, deaths, faults } = await killAtCalls(world, pool, scenario);
    expect(faults).toEqual([]);
    expect(deaths).toBeGreaterThanOrEqual(positions - 6);
    expect(await findOrphans(world)).toEqual([]);
  });
});

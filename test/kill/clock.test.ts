import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { createKillPlan } from './kill-at-calls.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { runScenario } from './run-scenario.ts';
import { ONE_MAIL, SCENARIO_CONFIGURATION } from './scenarios.ts';

const HOUR_MS = 3_600_000;

let world: MailWorld;
let pool: FunctionPool;
/** The indices of the calls of one mail. */
let calls: readonly number[];
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION });
  pool = createFunctionPool(world);
  await runScenario(world, ONE_MAIL, () => undefined, { readFunction: () => pool.read() });
  calls = world.proxy.readCalls().map(({ index }) => index);
});
afterAll(async () => {
  await world.close();
});

describe('a clock that jumps', { timeout: 60_000 }, () => {
  it.each([
    ['forward', HOUR_MS],
    ['backward', -HOUR_MS],
  ])('an hour %s at any call changes nothing', async (_, jumpMs) => {
    for (const index of calls) {
      const { faults } = await runScenario(
        world,
        ONE_MAIL,
        (call) => {
          if (call.index !== index) return undefined;
          world.clock.offsetMs += jumpMs;
          pool.current()?.setClock(world.clock.offsetMs);
          return undefined;
        },
        { readFunction: () => pool.read() },
      );
      expect(faults).toEqual([]);
    }
  });

  it.each([
    ['behind', -HOUR_MS],
    ['ahead', HOUR_MS],
  ])('does no harm to a mail that is taken up again an hour %s', async (_, jumpMs) => {
    // LIMIT: each costs a process; one in three goes through every state of an arrival.
    for (const index of calls.filter((call) => call % 3 === 0)) {
      const jumps = [0, jumpMs, 2 * HOUR_MS];
      const { faults } = await runScenario(
        world,
        ONE_MAIL,
        createKillPlan(pool, { index, when: 'after' }),
        { readFunction: () => pool.read(), passMs: () => jumps.shift() ?? 2 * HOUR_MS },
      );
      expect(faults).toEqual([]);
    }
  });
});

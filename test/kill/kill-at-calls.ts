import type { CallPlan } from './call-proxy.ts';
import type { FunctionPool } from './function-pool.ts';
import type { MailWorld } from './mail-world.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenarios.ts';

/** Where a function dies: before a service sees its call, in the middle of the answer, or after. */
export interface KillPosition {
  readonly index: number;
  readonly when: 'before' | 'midway' | 'after';
}

/** What came of killing a function again and again. */
export interface KillReport {
  readonly positions: number;
  readonly deaths: number;
  /** A line for each thing that was not as it must be. */
  readonly faults: readonly string[];
}

/** Names a position, for the message of a test that fails. */
export const describePosition = ({ index, when }: KillPosition): string =>
  when === 'midway' ? `killed in the middle of call ${index}` : `killed ${when} call ${index}`;

/** Kills the function at a position, once. */
export const createKillPlan =
  (pool: FunctionPool, { index, when }: KillPosition): CallPlan =>
  (call) =>
    call.index === index ? { when, how: 'hang', act: () => pool.current()?.kill() } : undefined;

/** The positions that a scenario has: its calls are counted while nothing disturbs it. */
async function listPositions(
  world: MailWorld,
  pool: FunctionPool,
  scenario: Scenario,
): Promise<readonly KillPosition[]> {
  const { faults } = await runScenario(world, scenario, () => undefined, {
    readFunction: () => pool.read(),
  });
  if (faults.length > 0) throw new Error(`undisturbed, too: ${faults.join('; ')}`);
  return world.proxy
    .readCalls()
    .flatMap(({ index }) =>
      (['before', 'midway', 'after'] as const).map((when) => ({ index, when })),
    );
}

/**
 * Runs a scenario once for each of its calls, and kills the function there.
 *
 * @param choose Takes some of the positions. @default all
 */
export async function killAtCalls(
  world: MailWorld,
  pool: FunctionPool,
  scenario: Scenario,
  choose = (positions: readonly KillPosition[]) => positions,
): Promise<KillReport> {
  const positions = choose(await listPositions(world, pool, scenario));
  const faults: string[] = [];
  let deaths = 0;
  for (const position of positions) {
    const result = await runScenario(world, scenario, createKillPlan(pool, position), {
      readFunction: () => pool.read(),
      onDeath: () => {
        deaths += 1;
        return Promise.resolve();
      },
    });
    faults.push(...result.faults.map((fault) => `${describePosition(position)}: ${fault}`));
  }
  return { positions: positions.length, deaths, faults };
}

import type { CallPlan } from './call-proxy.ts';
import type { FunctionPool } from './function-pool.ts';
import { createKillPlan, describePosition, type KillPosition } from './kill-at-calls.ts';

/**
 * Runs something once undisturbed, to count its calls, then once for each of them and each place at
 * which its function can die.
 *
 * @param run Is given a word that no other run has; tells what came of it.
 * @returns What came of each run, by where its function was killed.
 */
export async function killEverywhere<Result>(
  pool: FunctionPool,
  run: (name: string, plan: CallPlan) => Promise<Result>,
  places: readonly KillPosition['when'][] = ['before', 'midway', 'after'],
): Promise<ReadonlyMap<string, Result>> {
  let calls = 0;
  const countCall: CallPlan = ({ index }) => {
    calls = index + 1;
    return undefined;
  };
  const results = new Map([['undisturbed', await run('undisturbed', countCall)]]);
  for (let index = 0; index < calls; index += 1) {
    for (const when of places) {
      const plan = createKillPlan(pool, { index, when });
      results.set(describePosition({ index, when }), await run(`${when}-${index}`, plan));
    }
  }
  return results;
}

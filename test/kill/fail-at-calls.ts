import type { FunctionPool } from './function-pool.ts';
import type { MailWorld } from './mail-world.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenarios.ts';
import { createFaultPlan, FAULT_KINDS, type FaultKind } from './service-faults.ts';

/** A call that fails in some way. */
export interface FaultPosition {
  readonly index: number;
  readonly kind: FaultKind;
}

/**
 * Runs a scenario once for each of its calls and each way in which it can fail.
 *
 * @param choose Takes some of them. @default all
 * @returns How many there were, and a line for each thing that was not as it must be.
 */
export async function failAtCalls(
  world: MailWorld,
  pool: FunctionPool,
  scenario: Scenario,
  choose = (positions: readonly FaultPosition[]) => positions,
): Promise<{ readonly positions: number; readonly faults: readonly string[] }> {
  const readFunction = () => pool.read();
  await runScenario(world, scenario, () => undefined, { readFunction });
  const positions = choose(
    world.proxy.readCalls().flatMap(({ index }) => FAULT_KINDS.map((kind) => ({ index, kind }))),
  );
  const faults: string[] = [];
  for (const { index, kind } of positions) {
    const plan = createFaultPlan(kind, index);
    const result = await runScenario(world, scenario, plan, { readFunction });
    faults.push(...result.faults.map((fault) => `call ${index} ${kind}: ${fault}`));
  }
  return { positions: positions.length, faults };
}

import type { CallPlan } from './call-proxy.ts';
import { drainArrivals, type DrainOptions } from './event-source.ts';
import { findFaults } from './find-faults.ts';
import type { MailWorld } from './mail-world.ts';
import type { Scenario } from './scenarios.ts';

/** What a run of a scenario came to. */
export interface ScenarioResult {
  readonly faults: readonly string[];
  readonly invocations: number;
}

let runs = 0;

/** Lets the mails of a scenario come in and be handled, the calls of the function under a plan. */
export async function runScenario(
  world: MailWorld,
  scenario: Scenario,
  plan: CallPlan,
  options: DrainOptions,
): Promise<ScenarioResult> {
  runs += 1;
  const run = scenario.create(`run${runs}`);
  await world.storeMails(run.mails);
  await world.announce(run.notifications);
  world.proxy.setPlan(plan);
  const { batchSize = 10 } = scenario;
  const invocations = await drainArrivals(world, { batchSize, ...options });
  return { faults: await findFaults(world, run), invocations };
}

import type { CallPlan, Interference } from '../kill/call-proxy.ts';
import type { FunctionPool } from '../kill/function-pool.ts';

/** How often a call of the function goes wrong. The SDK tries each a second time by itself. */
const FAULT_SHARE = 0.04;
/** How often a process of the function is killed at a call. */
const KILL_SHARE = 1 / 1000;

/** A plan that makes calls fail and kills processes at random, and what it did. */
export interface Chaos {
  readonly plan: CallPlan;
  readonly counts: { kills: number; faults: number };
}

const MOMENTS = ['before', 'midway', 'after'] as const;

/** Makes a plan for the calls of these processes. */
export function createChaos(pools: readonly FunctionPool[], random: () => number): Chaos {
  const counts = { kills: 0, faults: 0 };
  const chooseOne = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(random() * items.length)];
  const kill = (): void => {
    const running = chooseOne(pools)?.current();
    if (running?.isAlive() !== true) return;
    counts.kills += 1;
    running.kill();
  };
  const createFault = (): Interference => {
    counts.faults += 1;
    if (random() < 0.5) {
      const answer = { status: chooseOne([500, 503]) ?? 500, headers: {}, body: '' };
      return { when: 'before', how: 'answer', answer };
    }
    return { when: chooseOne(MOMENTS) ?? 'before', how: 'reset' };
  };
  return {
    counts,
    plan() {
      const drawn = random();
      if (drawn < KILL_SHARE) {
        return { when: chooseOne(MOMENTS) ?? 'before', how: 'reset', act: kill };
      }
      return drawn < KILL_SHARE + FAULT_SHARE ? createFault() : undefined;
    },
  };
}

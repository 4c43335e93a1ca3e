import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeadLetterSource } from '../../mail/configuration/dead-letter-queues.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { arrivalKey } from '../../mail/ledger/table-keys.ts';
import { createObjectEvent } from '../support/sample-object-event.ts';
import type { CallPlan } from './call-proxy.ts';
import { drainArrivals, playEventSource } from './event-source.ts';
import { findFaults, readRow } from './find-faults.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { killEverywhere } from './kill-everywhere.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { readHeld, takeToldCodes } from './read-held.ts';
import { takeBodies } from './read-outcome.ts';
import { createMail, createNotification, SCENARIO_CONFIGURATION } from './scenarios.ts';

/** When each message was sent, as the event source plays it. */
const DAY_OF_MESSAGES = '2025-11-24';

let world: MailWorld;
let pool: FunctionPool;
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION });
  pool = createFunctionPool(world, { lambda: 'hold-dead-letters' });
});
afterAll(async () => {
  await world.close();
});

/** Puts a message into a dead-letter queue, and lets the function work until nothing is there. */
async function bringDeadLetter(source: DeadLetterSource, message: unknown, plan: CallPlan) {
  const { deadLetterName } = queueNames(world.configuration.environment, source);
  await world.announce([message], deadLetterName);
  world.proxy.setPlan(plan);
  await playEventSource(world, deadLetterName, { readFunction: () => pool.read() });
  world.proxy.setPlan(() => undefined);
}

/** What came of each run is the same; there was one for each place at which the function can die. */
function expectAll<Result>(
  results: ReadonlyMap<string, Result>,
  expected: Result,
  calls: number,
): void {
  for (const [place, result] of results) expect(result, place).toEqual(expected);
  expect(results.size).toBe(1 + 3 * calls);
}

describe('hold-dead-letters that is killed', { timeout: 60_000 }, () => {
  it('at any of its calls leaves one row and one event of a mail that was given up', async () => {
    const results = await killEverywhere(pool, async (run, plan) => {
      await world.storeMails([{ rule: 1, messageId: run, raw: createMail(run) }]);
      await bringDeadLetter('arrivals', createNotification(run, ['support@example.com']), plan);
      const heldId = `ses-1-${run}`;
      const row = await readRow(world, arrivalKey(heldId));
      const held = (await readHeld(world, '2026-11-24')).filter((one) => one.heldId === heldId);
      const told = await takeToldCodes(world);
      return {
        end: [row?.['state'], row?.['outcome']],
        held: held.map(({ state }) => state),
        told: told.length,
        isToldAsHeld: told[0] === held[0]?.code,
      };
    });
    const end = ['done', 'quarantined'];
    expectAll(results, { end, held: ['held'], told: 1, isToldAsHeld: true }, 6);
  });

  it('at any of its calls hands on what SNS could not deliver, and it is handled once', async () => {
    const parseMail = createFunctionPool(world);
    const results = await killEverywhere(pool, async (name, plan) => {
      const run = `topic-${name}`;
      const recipients = ['support@example.com'];
      await world.storeMails([{ rule: 1, messageId: run, raw: createMail(run) }]);
      await bringDeadLetter('arrivals-topic', createNotification(run, recipients), plan);
      await drainArrivals(world, { readFunction: () => parseMail.read() });
      const messageId = `${run}@sender.example`;
      return findFaults(world, {
        arrivalIds: [`ses-1-${run}`],
        outcomes: [[{ queue: 'support', messageId, recipients }]],
      });
    });
    expectAll(results, [], 1);
  });

  it('at any of its calls leaves one row and one event of a dropped file that is no mail', async () => {
    const { name: drops } = queueNames(world.configuration.environment, 'drops');
    const results = await killEverywhere(pool, async (run, plan) => {
      await bringDeadLetter('drops', createObjectEvent({ key: `${run}.pdf` }), plan);
      const held = await readHeld(world, DAY_OF_MESSAGES);
      const rows = held.filter(({ message }) => message?.includes(`${run}.pdf`));
      return {
        codes: rows.map(({ code }) => code),
        told: await takeToldCodes(world),
        waiting: await takeBodies(world, drops),
      };
    });
    expectAll(results, { codes: ['drop-failed'], told: ['drop-failed'], waiting: [] }, 2);
  });
});

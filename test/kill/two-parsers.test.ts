import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrivalKey } from '../../mail/ledger/table-keys.ts';
import { createSqsEvent } from '../support/sqs-event.ts';
import { findFaults, readRow } from './find-faults.ts';
import type { FunctionProcess } from './function-process.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { ONE_MAIL, SCENARIO_CONFIGURATION } from './scenarios.ts';

const ALL_WELL = { kind: 'answered', response: { batchItemFailures: [] } };
const FAILED = {
  kind: 'answered',
  response: { batchItemFailures: [{ itemIdentifier: 'message-0' }] },
};
/** Longer than a lease. */
const LEASE_OVER_MS = 100_000;

let world: MailWorld;
let first: FunctionProcess;
let second: FunctionProcess;
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION });
  [first, second] = await Promise.all([world.startFunction(), world.startFunction()]);
});
afterAll(async () => {
  await world.close();
});

/** How many calls one mail takes that nothing disturbs. */
async function countCalls(): Promise<number> {
  const run = ONE_MAIL.create('counted');
  await world.storeMails(run.mails);
  world.proxy.setPlan(() => undefined);
  expect(await first.invoke(createSqsEvent(...run.notifications))).toEqual(ALL_WELL);
  expect(await findFaults(world, run)).toEqual([]);
  return world.proxy.readCalls().length;
}

describe('two processes with one mail', { timeout: 60_000 }, () => {
  it('at once send it once: the one that has it not hands its record back', async () => {
    for (let round = 0; round < 10; round += 1) {
      const run = ONE_MAIL.create(`race-${round}`);
      await world.storeMails(run.mails);
      const event = createSqsEvent(...run.notifications);
      world.proxy.setPlan(() => undefined);
      const ends = await Promise.all([first.invoke(event), second.invoke(event)]);
      expect(ends).toContainEqual(ALL_WELL);
      const sends = world.proxy.readCalls().filter(({ operation }) => operation === 'SendMessage');
      expect(sends).toHaveLength(1);
      expect(await findFaults(world, run)).toEqual([]);
    }
  });

  it('of which one was held up longer than its lease: what it writes then is refused', async () => {
    const calls = await countCalls();
    // The last two end the arrival and count it.
    for (let index = 0; index < calls - 2; index += 1) {
      const run = ONE_MAIL.create(`late-${index}`);
      const [arrivalId = ''] = run.arrivalIds;
      await world.storeMails(run.mails);
      const event = createSqsEvent(...run.notifications);
      const reached = Promise.withResolvers<undefined>();
      world.proxy.setPlan((call) => {
        if (call.index === index) {
          first.pause();
          reached.resolve(undefined);
        }
        return undefined;
      });
      const lateEnd = first.invoke(event);
      await reached.promise;
      world.clock.offsetMs += LEASE_OVER_MS;
      second.setClock(world.clock.offsetMs);
      expect(await second.invoke(event)).toEqual(ALL_WELL);
      const done = await readRow(world, arrivalKey(arrivalId));
      first.resume();
      expect(await lateEnd).toEqual(FAILED);
      expect(await readRow(world, arrivalKey(arrivalId))).toEqual(done);
      expect(done).toMatchObject({ state: 'done', epoch: 2 });
      expect(await findFaults(world, run)).toEqual([]);
      first.setClock(world.clock.offsetMs);
    }
    expect(first.readOutput().match(/claim-lost/g)).toHaveLength(calls - 2);
  });
});

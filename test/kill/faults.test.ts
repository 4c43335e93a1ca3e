import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqsEvent } from '../support/sqs-event.ts';
import type { Service } from './call-proxy.ts';
import { failAtCalls } from './fail-at-calls.ts';
import { findOrphans } from './find-faults.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { runScenario } from './run-scenario.ts';
import { createNotification, ONE_MAIL, SCENARIO_CONFIGURATION, SCENARIOS } from './scenarios.ts';
import { createSeededRandom, sampleList } from './seeded-random.ts';
import { createFaultPlan, createInterference, createRandomFaultPlan } from './service-faults.ts';

/** LIMIT: `npm run test:long` does them all. */
const SAMPLE_SIZE = 16;
const SEEDS = [1, 2, 3, 4, 5, 6];
/** Timers of the function run so much faster; its 60 s are 6. */
const SPEED = 10;
const FUNCTION_TIMEOUT_MS = 60_000;

let world: MailWorld;
let pool: FunctionPool;
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION, speed: SPEED });
  pool = createFunctionPool(world);
});
afterAll(async () => {
  await world.close();
});

describe('a call that fails, its retry too', { timeout: 120_000 }, () => {
  it('in any way, at some call, loses no mail and doubles none', async () => {
    const { positions, faults } = await failAtCalls(world, pool, ONE_MAIL, (all) =>
      sampleList(all, SAMPLE_SIZE, createSeededRandom(0)),
    );
    expect(faults).toEqual([]);
    expect(positions).toBe(SAMPLE_SIZE);
    expect(await findOrphans(world)).toEqual([]);
  });

  it.each(SEEDS)('at random among four mails loses none of them (seed %i)', async (seed) => {
    const [, , , , fourMails = ONE_MAIL] = SCENARIOS;
    const plan = createRandomFaultPlan(createSeededRandom(seed), 2);
    const { faults } = await runScenario(world, fourMails, plan, {
      readFunction: () => pool.read(),
    });
    expect(faults).toEqual([]);
  });
});

describe('a claim whose answer is lost', { timeout: 60_000 }, () => {
  it.each([
    ['is taken up by the second try of the SDK', 1, 1],
    ['is given back where that answer is lost too: the next receive has the mail', 2, 2],
  ])('%s', async (_, attempts, wanted) => {
    const { faults, invocations } = await runScenario(
      world,
      ONE_MAIL,
      createFaultPlan('reset after', 0, attempts),
      // Far less than a lease.
      { readFunction: () => pool.read(), passMs: () => 3_000 },
    );
    expect(faults).toEqual([]);
    expect(invocations).toBe(wanted);
  });
});

describe('a service that takes connections and never answers', { timeout: 60_000 }, () => {
  const services: readonly Service[] = ['S3', 'SQS', 'DynamoDB'];

  /** Invokes the function with mails that came before, and measures by its own clock. */
  const measureInvocation = async (silent: readonly Service[], mails: number) => {
    const names = Array.from({ length: mails }, (_, index) => `silent-${silent.join('')}-${index}`);
    await world.storeMails(
      names.map((messageId) => ({ rule: 1, messageId, raw: 'Subject: x\r\n\r\n' })),
    );
    const { Records } = createSqsEvent(
      ...names.map((name) => createNotification(name, ['support@example.com'])),
    );
    const received = { ApproximateReceiveCount: '2' };
    world.proxy.setPlan(({ service }) =>
      silent.includes(service) ? createInterference('silent before', service) : undefined,
    );
    const running = await pool.read();
    const begunMs = performance.now();
    const end = await running.invoke({
      Records: Records.map((record) => ({
        ...record,
        attributes: { ...record.attributes, ...received },
      })),
    });
    world.proxy.setPlan(() => undefined);
    return { end, ms: (performance.now() - begunMs) * SPEED };
  };

  it.each(services)('(%s) fails one mail well before the function ends', async (service) => {
    const { end, ms } = await measureInvocation([service], 1);
    expect(end).toEqual({
      kind: 'answered',
      response: { batchItemFailures: [{ itemIdentifier: 'message-0' }] },
    });
    expect(ms).toBeLessThan(FUNCTION_TIMEOUT_MS / 2);
  });

  it('(all of them) does not keep ten mails, one after the other, from being handed back', async () => {
    const { end, ms } = await measureInvocation(services, 10);
    expect(end).toMatchObject({ kind: 'answered' });
    expect(end.kind === 'answered' && end.response.batchItemFailures).toHaveLength(10);
    expect(ms).toBeLessThan(FUNCTION_TIMEOUT_MS);
  });
});

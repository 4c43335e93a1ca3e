import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbQuarantineDesk } from '../../adapters/aws/dynamodb-quarantine.ts';
import { mailQuarantinedSchema } from '../../mail/contracts/mail-quarantined.ts';
import { queueNames, tableName } from '../../mail/configuration/resource-names.ts';
import { arrivalKey } from '../../mail/ledger/table-keys.ts';
import type { CallPlan } from './call-proxy.ts';
import { drainArrivals } from './event-source.ts';
import { readRow } from './find-faults.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { createKillPlan } from './kill-at-calls.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { takeBodies } from './read-outcome.ts';
import { createMail, createNotification, SCENARIO_CONFIGURATION } from './scenarios.ts';

let world: MailWorld;
let pool: FunctionPool;
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION });
  pool = createFunctionPool(world);
});
afterAll(async () => {
  await world.close();
});

/** Lets a mail come in for an address that nobody listed, and tells what became of it. */
async function holdMail(run: string, plan: CallPlan) {
  const { environment } = world.configuration;
  await world.storeMails([{ rule: 1, messageId: run, raw: createMail(run) }]);
  await world.announce([createNotification(run, ['nobody@example.com'])]);
  world.proxy.setPlan(plan);
  await drainArrivals(world, { readFunction: () => pool.read() });
  const bodies = await takeBodies(world, queueNames(environment, 'inbox').name);
  const desk = createDynamoDbQuarantineDesk(
    world.emulators.dynamodb,
    tableName(world.configuration.environment),
  );
  const held = await desk.listHeld(['2026-11-24']);
  const row = await readRow(world, arrivalKey(`ses-1-${run}`));
  return {
    copies: new Set(bodies).size,
    codes: [...new Set(bodies)].map((body) => mailQuarantinedSchema.parse(JSON.parse(body)).code),
    rows: held.filter(({ heldId }) => heldId === `ses-1-${run}`).length,
    end: [row?.['state'], row?.['outcome']],
  };
}

describe('a function that is killed while it quarantines a mail', { timeout: 60_000 }, () => {
  it('at any of its calls leaves one row and one event, equal in each copy', async () => {
    const held = {
      copies: 1,
      codes: ['unlisted-recipient'],
      rows: 1,
      end: ['done', 'quarantined'],
    };
    expect(await holdMail('undisturbed', () => undefined)).toEqual(held);
    const calls = world.proxy.readCalls();
    for (const { index } of calls) {
      for (const when of ['before', 'after'] as const) {
        const plan = createKillPlan(pool, { index, when });
        expect(await holdMail(`held-${when}-${index}`, plan), `${when} call ${index}`).toEqual(
          held,
        );
      }
    }
  });
});

describe('a function that is killed while it gives up a mail', { timeout: 60_000 }, () => {
  const limited = { ...SCENARIO_CONFIGURATION, limits: { mailBytes: 1024 } };

  /** Lets a mail come in that is too large until the function dies, and tells what became of it. */
  async function giveUpMail(run: string, small: FunctionPool, plan: CallPlan) {
    const { environment } = world.configuration;
    const raw = createMail(run, { text: 'x'.repeat(2000) });
    await world.storeMails([{ rule: 1, messageId: run, raw }]);
    await world.announce([createNotification(run, ['support@example.com'])]);
    world.proxy.setPlan(plan);
    let isDead = false;
    await drainArrivals(world, {
      readFunction: () => (isDead ? pool : small).read(),
      onDeath() {
        isDead = true;
        return Promise.resolve();
      },
    });
    const [told, received] = [
      await takeBodies(world, queueNames(environment, 'inbox').name),
      await takeBodies(world, queueNames(environment, 'support').name),
    ];
    const row = await readRow(world, arrivalKey(`ses-1-${run}`));
    return `${String(row?.['outcome'])}: ${new Set(told).size} told, ${new Set(received).size} sent`;
  }

  it('at any of its calls leaves it quarantined or, where it fits by then, handled; not both', async () => {
    const small = createFunctionPool(world, { rules: limited });
    const quarantined = 'quarantined: 1 told, 0 sent';
    expect(await giveUpMail('too-large', small, () => undefined)).toBe(quarantined);
    const ends = new Set<string>();
    for (const { index } of world.proxy.readCalls()) {
      const plan = createKillPlan(small, { index, when: 'after' });
      ends.add(await giveUpMail(`too-large-${index}`, small, plan));
    }
    expect(ends).toEqual(new Set(['sent: 0 told, 1 sent', quarantined]));
  });
});

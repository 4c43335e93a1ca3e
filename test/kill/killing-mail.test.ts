import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbQuarantineDesk } from '../../adapters/aws/dynamodb-quarantine.ts';
import { arrivalsQueueNames } from '../../local/queues/plan-queues.ts';
import { mailQuarantinedSchema } from '../../mail/contracts/mail-quarantined.ts';
import { queueNames, tableName } from '../../mail/configuration/resource-names.ts';
import { arrivalKey } from '../../mail/ledger/table-keys.ts';
import { KILLING_SUBJECT } from './aborting-mime-parser.ts';
import { drainArrivals } from './event-source.ts';
import { findFaults, readRow } from './find-faults.ts';
import { createFunctionPool } from './function-pool.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { takeBodies } from './read-outcome.ts';
import { createMail, createNotification, ONE_MAIL, SCENARIO_CONFIGURATION } from './scenarios.ts';

let world: MailWorld;
beforeAll(async () => {
  world = await startMailWorld({
    configuration: SCENARIO_CONFIGURATION,
    mimeParser: join(import.meta.dirname, 'aborting-mime-parser.ts'),
  });
});
afterAll(async () => {
  await world.close();
});

/** Where the mail is now that nobody will handle it any more. */
async function findEnd(arrivalId: string): Promise<string> {
  const { environment } = world.configuration;
  const dead = await takeBodies(world, arrivalsQueueNames(environment).deadLetterName);
  if (dead.length > 0) return `${dead.length} messages in the dead-letter queue`;
  const row = await readRow(world, arrivalKey(arrivalId));
  const told = await takeBodies(world, queueNames(environment, 'inbox').name);
  const events = told.map((body) => mailQuarantinedSchema.parse(JSON.parse(body)));
  return [row?.['state'], row?.['outcome'], ...events.map(({ code }) => code)].join(', ');
}

describe('a mail that ends the process', { timeout: 60_000 }, () => {
  it('is in quarantine with its evidence, and nine good ones of its batch arrive once', async () => {
    const good = Array.from({ length: 9 }, (_, index) => ONE_MAIL.create(`good-${index}`));
    const raw = createMail('killing', { subject: KILLING_SUBJECT });
    await world.storeMails([
      ...good.flatMap(({ mails }) => mails),
      { rule: 1, messageId: 'killing', raw },
    ]);
    await world.announce([
      ...good.slice(0, 5).flatMap(({ notifications }) => notifications),
      createNotification('killing', ['support@example.com']),
      ...good.slice(5).flatMap(({ notifications }) => notifications),
    ]);
    world.proxy.setPlan(() => undefined);
    const pool = createFunctionPool(world);
    let deaths = 0;
    await drainArrivals(world, {
      readFunction: () => pool.read(),
      onDeath: () => {
        deaths += 1;
        return Promise.resolve();
      },
    });
    expect(await findEnd('ses-1-killing')).toBe('done, quarantined, process-died');
    expect(deaths).toBe(3);
    const { dynamodb } = world.emulators;
    const desk = createDynamoDbQuarantineDesk(dynamodb, tableName(world.configuration.environment));
    expect(await desk.listHeld(['2026-11-24'])).toMatchObject([
      { heldId: 'ses-1-killing', code: 'process-died', attempts: 4, state: 'held' },
    ]);
    expect(
      await findFaults(world, {
        outcomes: [good.flatMap(({ outcomes: [events = []] }) => events)],
        arrivalIds: good.flatMap(({ arrivalIds }) => arrivalIds),
      }),
    ).toEqual([]);
  });
});

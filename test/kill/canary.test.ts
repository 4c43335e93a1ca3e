import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableName } from '../../mail/configuration/resource-names.ts';
import { writeMail } from '../support/sample-mail.ts';
import type { CallPlan } from './call-proxy.ts';
import { drainArrivals } from './event-source.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { createKillPlan } from './kill-at-calls.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { takeEvents } from './read-outcome.ts';
import { createNotification, SCENARIO_CONFIGURATION } from './scenarios.ts';
import { createFaultPlan, FAULT_KINDS } from './service-faults.ts';

const CANARY = /canary/i;
const RECIPIENTS = ['canary-to@all.example.net', 'support@example.com'];

/** A mail with the word in everything that its sender can write. */
const createCanaryMail = (run: string, text: string): string =>
  writeMail(
    {
      From: '"Canary Name" <canary-from@canary.example>',
      To: 'canary-to@all.example.net',
      Subject: 'canary subject for the CRM',
      Date: 'Tue, 24 Nov 2026 10:00:00 +0100',
      'Message-ID': `<canary-${run}@canary.example>`,
      'X-Canary': 'canary header',
      'Content-Type': 'multipart/mixed; boundary="canary"',
    },
    [
      '--canary\r\nContent-Type: text/plain\r\n\r\n',
      text,
      '\r\n--canary\r\nContent-Type: application/pdf; name="canary.pdf"\r\n\r\ncanary\r\n--canary--\r\n',
    ].join(''),
  );

let world: MailWorld;
let pool: FunctionPool;
let runs = 0;
beforeAll(async () => {
  world = await startMailWorld({
    configuration: { ...SCENARIO_CONFIGURATION, limits: { mailBytes: 200_000 } },
    speed: 10,
  });
  pool = createFunctionPool(world);
});
afterAll(async () => {
  await world.close();
});

/** Lets such a mail come in under a plan. */
async function runCanary(plan: CallPlan, text = 'canary body'): Promise<void> {
  runs += 1;
  const messageId = `run${runs}`;
  await world.storeMails([{ rule: 1, messageId, raw: createCanaryMail(messageId, text) }]);
  await world.announce([createNotification(messageId, RECIPIENTS)]);
  world.proxy.setPlan(plan);
  await drainArrivals(world, { readFunction: () => pool.read() });
}

async function listTableKeys(): Promise<readonly string[]> {
  const { Items = [] } = await world.emulators.dynamodb.send(
    new ScanCommand({
      TableName: tableName(world.configuration.environment),
      ProjectionExpression: 'pk, sk',
    }),
  );
  return Items.map(({ pk, sk }) => `${pk?.S ?? ''} ${sk?.S ?? ''}`);
}

async function listObjectKeys(): Promise<readonly string[]> {
  const { Contents = [] } = await world.emulators.clients.s3.send(
    new ListObjectsV2Command({ Bucket: world.mailBucket }),
  );
  return Contents.map(({ Key = '' }) => Key);
}

describe('what a mail says', { timeout: 120_000 }, () => {
  it('is in no log line and no key, whatever fails', async () => {
    await runCanary(() => undefined);
    expect(await takeEvents(world)).toHaveLength(2);
    const calls = world.proxy.readCalls().length;
    for (const kind of FAULT_KINDS) {
      // Another call for each way to fail; the last is silent, and so is the first.
      const index = FAULT_KINDS.indexOf(kind) % calls;
      await runCanary(createFaultPlan(kind, index));
    }
    for (const index of [1, 5, 8]) await runCanary(createKillPlan(pool, { index, when: 'after' }));
    // Above the limit, and above what a queue takes inline.
    await runCanary(() => undefined, 'canary '.repeat(40_000));
    await runCanary(() => undefined, 'canary '.repeat(20_000));
    await world.announce(['canary', { canary: 'canary' }]);
    await drainArrivals(world, { readFunction: () => pool.read() });

    const lines = pool.readOutput().split('\n');
    expect(lines.filter((line) => line.includes('"batch"')).length).toBeGreaterThan(10);
    expect(lines.filter((line) => line.includes('peer-unavailable'))).not.toEqual([]);
    expect(lines.filter((line) => CANARY.test(line))).toEqual([]);
    expect((await listObjectKeys()).filter((key) => CANARY.test(key))).toEqual([]);
    const keys = await listTableKeys();
    const deliveries = keys.filter((key) => key.includes('#to#'));
    expect(deliveries.length).toBeGreaterThan(10);
    // A delivery's key has its recipient: see `deliveryKey`.
    expect(
      keys.filter((key) => !deliveries.includes(key)).filter((key) => CANARY.test(key)),
    ).toEqual([]);
  });
});

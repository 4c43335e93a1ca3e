import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localDropBucket } from '../../local/queues/create-resources.ts';
import {
  createDropArrivalId,
  createFoundArrivalId,
  createSesArrivalId,
} from '../../mail/identity/identities.ts';
import { createSqsEvent } from '../support/sqs-event.ts';
import { drainArrivals } from './event-source.ts';
import { findFaults } from './find-faults.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { createKillPlan } from './kill-at-calls.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { createMail, createNotification, SCENARIO_CONFIGURATION } from './scenarios.ts';
import { createFaultPlan } from './service-faults.ts';
import type { CallPlan } from './call-proxy.ts';

const ALL_WELL = { kind: 'answered', response: { batchItemFailures: [] } };
const RECIPIENTS = ['support@example.com'];
/** LIMIT: more failures in a row than these tests make. */
const MAX_INVOCATIONS = 4;

let world: MailWorld;
let parseMail: FunctionPool;
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION, speed: 20 });
  parseMail = createFunctionPool(world);
});
afterAll(async () => {
  await world.close();
});

/** Puts an object there, and writes what S3 tells of it. */
async function putObject(bucket: string, key: string, body: string) {
  const { ETag = '' } = await world.emulators.clients.s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }),
  );
  const eTag = ETag.replaceAll('"', '');
  const s3 = { bucket: { name: bucket }, object: { key, size: body.length, eTag } };
  return { eTag, event: { Records: [{ eventName: 'ObjectCreated:Put', s3 }] } };
}

/** A mail that waits at a door. */
interface WaitingMail {
  readonly event: unknown;
  readonly arrivalId: string;
}

const DOORS = [
  {
    lambda: 'enter-drops' as const,
    bring: async (run: string): Promise<WaitingMail> => {
      const bucket = localDropBucket(SCENARIO_CONFIGURATION.environment);
      const { eTag, event } = await putObject(bucket, `${run}.eml`, createMail(run));
      return { event, arrivalId: createDropArrivalId(`${run}.eml`, eTag) };
    },
  },
  {
    lambda: 'reconcile-arrivals' as const,
    bring: async (run: string): Promise<WaitingMail> => {
      const { event } = await putObject(world.mailBucket, `raw/ses/1/${run}`, createMail(run));
      return { event, arrivalId: createFoundArrivalId(createSesArrivalId('1', run)) };
    },
  },
];

describe.each(DOORS)('$lambda', { timeout: 60_000 }, ({ lambda, bring }) => {
  let door: FunctionPool;
  beforeAll(() => {
    door = createFunctionPool(world, { lambda });
  });

  /** Brings a mail to the door until it is in, and lets it be handled. */
  const enter = async (run: string, plan: CallPlan): Promise<readonly string[]> => {
    const { event, arrivalId } = await bring(run);
    world.proxy.setPlan(plan);
    let invocations = 0;
    for (let isIn = false; !isIn && invocations < MAX_INVOCATIONS; invocations += 1) {
      const running = await door.read();
      const end = await running.invoke(createSqsEvent(event));
      isIn = end.kind === 'answered' && end.response.batchItemFailures.length === 0;
    }
    expect(invocations).toBeLessThan(MAX_INVOCATIONS);
    await drainArrivals(world, { readFunction: () => parseMail.read() });
    return findFaults(world, {
      arrivalIds: [arrivalId],
      outcomes: [
        [{ queue: 'support', messageId: `${run}@sender.example`, recipients: RECIPIENTS }],
      ],
    });
  };

  /** Counts the calls for one mail that nothing disturbs. */
  const countCalls = async (): Promise<number> => {
    const { event } = await bring(`${lambda}-counted`);
    world.proxy.setPlan(() => undefined);
    expect(await (await door.read()).invoke(createSqsEvent(event))).toEqual(ALL_WELL);
    const calls = world.proxy.readCalls().length;
    await drainArrivals(world, { readFunction: () => parseMail.read() });
    expect(calls).toBeGreaterThanOrEqual(4);
    await findFaults(world, { arrivalIds: [], outcomes: [] });
    return calls;
  };

  it('lets a mail in once, whichever call it is killed at', async () => {
    const calls = await countCalls();
    for (let index = 0; index < calls; index += 1) {
      for (const when of ['before', 'midway', 'after'] as const) {
        const run = `${lambda}-${when}-${index}`;
        expect(await enter(run, createKillPlan(door, { index, when }))).toEqual([]);
      }
    }
  });

  it('lets a mail in once, whichever call fails', async () => {
    const calls = await countCalls();
    for (let index = 0; index < calls; index += 1) {
      for (const kind of ['throttled', 'silent after'] as const) {
        const run = `${lambda}-${kind.replace(' ', '-')}-${index}`;
        expect(await enter(run, createFaultPlan(kind, index))).toEqual([]);
      }
    }
  });
});

describe('a notification that comes after its mail was found', { timeout: 60_000 }, () => {
  it('is a repeat for the recipients that were found, and nothing is sent again', async () => {
    const run = 'late-notification';
    const { event } = await putObject(world.mailBucket, `raw/ses/1/${run}`, createMail(run));
    const door = createFunctionPool(world, { lambda: 'reconcile-arrivals' });
    world.proxy.setPlan(() => undefined);
    await (await door.read()).invoke(createSqsEvent(event));
    await drainArrivals(world, { readFunction: () => parseMail.read() });
    await world.announce([createNotification(run, RECIPIENTS)]);
    await drainArrivals(world, { readFunction: () => parseMail.read() });
    const arrivalId = createSesArrivalId('1', run);
    expect(
      await findFaults(world, {
        arrivalIds: [arrivalId, createFoundArrivalId(arrivalId)],
        outcomes: [
          [{ queue: 'support', messageId: `${run}@sender.example`, recipients: RECIPIENTS }],
        ],
      }),
    ).toEqual([]);
  });
});

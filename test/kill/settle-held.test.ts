import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { arrivalKey } from '../../mail/ledger/table-keys.ts';
import { createSqsEvent } from '../support/sqs-event.ts';
import type { CallPlan } from './call-proxy.ts';
import { drainArrivals, playEventSource } from './event-source.ts';
import { findFaults, readRow } from './find-faults.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { killEverywhere } from './kill-everywhere.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { readHeld, takeToldCodes } from './read-held.ts';
import { takeBodies } from './read-outcome.ts';
import { createMail, createNotification, SCENARIO_CONFIGURATION } from './scenarios.ts';
import type { Settling } from './settle-held-handler.ts';

const NOBODY = ['nobody@example.com'];
/** On which each mail came in, and each message. */
const [DAY, DAY_OF_MESSAGES] = ['2026-11-24', '2025-11-24'];

let world: MailWorld;
let parseMail: FunctionPool;
let command: FunctionPool;
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION });
  parseMail = createFunctionPool(world);
  command = createFunctionPool(world, { lambda: 'settle-held' });
});
afterAll(async () => {
  await world.close();
});

const handleMail = () => drainArrivals(world, { readFunction: () => parseMail.read() });

/** Lets the command run under a plan, and once more where it was killed. */
async function settle(
  settling: Settling,
  plan: CallPlan,
  between: () => Promise<unknown>,
): Promise<void> {
  const event = createSqsEvent(settling);
  world.proxy.setPlan(plan);
  const end = await (await command.read()).invoke(event);
  world.proxy.setPlan(() => undefined);
  if (end.kind === 'answered') return;
  await between();
  expect(await (await command.read()).invoke(event)).toMatchObject({ kind: 'answered' });
}

/** Holds a mail for an address that nobody listed; the row's id. */
async function holdMail(run: string): Promise<string> {
  await world.storeMails([{ rule: 1, messageId: run, raw: createMail(run) }]);
  await world.announce([createNotification(run, NOBODY)]);
  await handleMail();
  expect(await takeToldCodes(world)).toEqual(['unlisted-recipient']);
  return `ses-1-${run}`;
}

const readStates = async (heldId: string): Promise<readonly string[]> =>
  (await readHeld(world, DAY)).filter((row) => row.heldId === heldId).map(({ state }) => state);

const PLACES = ['before', 'after'] as const;

describe.each([
  ['before its mail is handled', () => Promise.resolve()],
  ['after its mail was handled', () => handleMail()],
])('a command that is killed and runs again %s', { timeout: 60_000 }, (when, between) => {
  const name = when.replaceAll(' ', '-');

  it('lets a mail out of quarantine once, whichever call it is killed at', async () => {
    const release = async (place: string, plan: CallPlan) => {
      const run = `release-${place}-${name}`;
      const heldId = await holdMail(run);
      await settle({ heldId, day: DAY, isReleased: true }, plan, between);
      await handleMail();
      const messageId = `${run}@sender.example`;
      const outcomes = [[{ queue: 'inbox', messageId, recipients: NOBODY }]];
      const faults = await findFaults(world, { arrivalIds: [heldId], outcomes });
      return { faults, states: await readStates(heldId) };
    };
    const results = await killEverywhere(command, release, PLACES);
    for (const [place, result] of results) {
      expect(result, place).toEqual({ faults: [], states: ['released'] });
    }
    expect(results.size).toBe(1 + 2 * 4);
  });

  it('sends a mail through the rules again, which hold it, whichever call it is killed at', async () => {
    const retry = async (place: string, plan: CallPlan) => {
      const heldId = await holdMail(`retry-${place}-${name}`);
      await settle({ heldId, day: DAY, isReleased: false }, plan, between);
      await handleMail();
      const row = await readRow(world, arrivalKey(heldId));
      return {
        told: await takeToldCodes(world),
        states: await readStates(heldId),
        end: [row?.['state'], row?.['outcome']],
      };
    };
    const results = await killEverywhere(command, retry, PLACES);
    for (const [place, result] of results) {
      expect(result, place).toEqual({
        told: ['unlisted-recipient'],
        states: ['held'],
        end: ['done', 'quarantined'],
      });
    }
    expect(results.size).toBe(1 + 2 * 4);
  });
});

describe('quarantine retry of a message that is killed and runs again', { timeout: 60_000 }, () => {
  it('puts it back into its queue as it was, whichever call it is killed at', async () => {
    const { environment } = world.configuration;
    const holder = createFunctionPool(world, { lambda: 'hold-dead-letters' });
    const { name, deadLetterName } = queueNames(environment, 'drops');
    const retry = async (place: string, plan: CallPlan) => {
      const message = { Records: [], dropped: place };
      await world.announce([message], deadLetterName);
      await playEventSource(world, deadLetterName, { readFunction: () => holder.read() });
      const readRows = async () =>
        (await readHeld(world, DAY_OF_MESSAGES)).filter(
          (row) => row.message === JSON.stringify(message),
        );
      const [{ heldId } = { heldId: '' }] = await readRows();
      const settling = { heldId, day: DAY_OF_MESSAGES, isReleased: false };
      await settle(settling, plan, () => Promise.resolve());
      const copies = new Set(await takeBodies(world, name));
      const isAsItWas = copies.size === 1 && copies.has(JSON.stringify(message));
      return { isAsItWas, states: (await readRows()).map(({ state }) => state) };
    };
    const results = await killEverywhere(command, retry);
    for (const [place, result] of results) {
      expect(result, place).toEqual({ isAsItWas: true, states: ['retried'] });
    }
    expect(results.size).toBe(1 + 3 * 3);
  });
});

import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { drainArrivals } from './event-source.ts';
import { type Expectation, findFaults, findOrphans } from './find-faults.ts';
import { createFunctionPool } from './function-pool.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { takeEvents } from './read-outcome.ts';
import { ONE_MAIL, SCENARIO_CONFIGURATION } from './scenarios.ts';

let world: MailWorld;
beforeAll(async () => {
  world = await startMailWorld({ configuration: SCENARIO_CONFIGURATION });
});
afterAll(async () => {
  await world.close();
});

const sendTo = async (queue: string, body: string): Promise<void> => {
  const { name } = queueNames(world.configuration.environment, queue);
  await world.emulators.clients.sqs.send(
    new SendMessageCommand({
      QueueUrl: `${world.emulators.queueUrlBase}${name}`,
      MessageBody: body,
    }),
  );
};

/** Lets a mail be handled, and takes its event out of its queue. */
async function handleMail(run: string): Promise<Expectation & { readonly body: string }> {
  const { mails, notifications, ...expectation } = ONE_MAIL.create(run);
  const pool = createFunctionPool(world);
  await world.storeMails(mails);
  await world.announce(notifications);
  await drainArrivals(world, { readFunction: () => pool.read() });
  const [{ body } = { body: '' }] = await takeEvents(world);
  return { ...expectation, body };
}

describe('the harness tells of', { timeout: 60_000 }, () => {
  it('an event that is missing, one that is another, and one too many', async () => {
    const { body, ...expectation } = await handleMail('events');
    const wanted = 'wanted: support events@sender.example support@example.com';
    expect(await findFaults(world, expectation)).toEqual([`came: ; ${wanted}`]);
    await sendTo('inbox', body);
    expect(await findFaults(world, expectation)).toEqual([
      `came: inbox events@sender.example support@example.com; ${wanted}`,
    ]);
    await sendTo('support', body);
    await sendTo('support', body.replace(/"eventId":"e1-./, '"eventId":"e1-x'));
    expect(await findFaults(world, expectation)).toEqual([
      `came: support events@sender.example support@example.com support@example.com; ${wanted}`,
    ]);
  });

  it('a copy that is not equal, and takes one that is', async () => {
    const { body, ...expectation } = await handleMail('copies');
    await sendTo('support', body);
    await sendTo('support', body);
    expect(await findFaults(world, expectation)).toEqual([]);
    await sendTo('support', body);
    await sendTo('support', body.replace('Printer', 'Plotter'));
    expect(await findFaults(world, expectation)).toEqual([
      expect.stringMatching(/^copies of support e1-[0-9a-f]{64} are not equal$/) as unknown,
    ]);
  });

  it('raw mail that was never handled, and a message in the dead-letter queue', async () => {
    const run = ONE_MAIL.create('orphan');
    await world.storeMails(run.mails);
    expect(await findOrphans(world)).toEqual(['raw/ses/1/orphan']);
    await sendTo('arrivals-dead', '{}');
    expect(await findFaults(world, { arrivalIds: run.arrivalIds, outcomes: [[]] })).toEqual([
      'ses-1-orphan is undefined',
      'ses-1-orphan is not on the list of its hour',
      'a message is in the dead-letter queue',
    ]);
  });
});

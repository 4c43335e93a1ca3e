import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { peekLocalQueue } from '../../local/queues.ts';
import {
  CONFIGURATION,
  sendMail,
  startTestRun,
  type TestRun,
  writeConfiguration,
} from './fixture.ts';

const save = ({ configurationFile }: TestRun, configuration: unknown): void => {
  writeConfiguration(dirname(configurationFile), configuration);
};

const URGENT = {
  ...CONFIGURATION,
  queues: { ...CONFIGURATION.queues, urgent: {} },
  rules: [
    { name: 'urgent', when: { subject: '*urgent*' }, then: [{ queue: 'urgent' }, { stop: true }] },
    ...(CONFIGURATION.rules ?? []),
  ],
};

describe('saving the configuration', () => {
  it('makes the new queues and says what would now go elsewhere', async () => {
    const test = await startTestRun();
    const { smtpPort } = test.run.endpoints;
    await sendMail(smtpPort, { to: 'support@example.com', subject: 'Very urgent' });
    await sendMail(smtpPort, { to: 'support@example.com', subject: 'No hurry' });
    const mails = await test.waitFor('mail', 2);

    save(test, URGENT);
    const [reloaded] = await test.waitFor('reloaded');
    expect(reloaded).toEqual({
      event: 'reloaded',
      createdQueues: ['postroom-test-urgent-dead', 'postroom-test-urgent'],
      checkedMails: 2,
      moved: [
        {
          mailId: mails.find(({ subject }) => subject === 'Very urgent')?.mailId,
          subject: 'Very urgent',
          to: ['support@example.com'],
          before: ['support'],
          now: ['urgent'],
        },
      ],
    });
    // Said, not done: what is in a queue stays there.
    expect(await peekLocalQueue(test.run.endpoints, 'postroom-test-urgent')).toEqual([]);
  });

  it('makes the new rules hold for the next mail', async () => {
    const test = await startTestRun();
    save(test, URGENT);
    await test.waitFor('reloaded');
    await sendMail(test.run.endpoints.smtpPort, { to: 'support@example.com', subject: 'urgent' });
    const [mail] = await test.waitFor('mail');
    expect(mail).toMatchObject({ rule: 'urgent', queue: 'urgent' });
  });

  it('makes a new domain one that is received', async () => {
    const test = await startTestRun();
    const { smtpPort } = test.run.endpoints;
    await expect(sendMail(smtpPort, { to: 'x@orchard.test' })).rejects.toThrow('550 5.1.1');
    const domains = [
      ...CONFIGURATION.receiving.domains,
      { domain: 'orchard.test', catchAll: true },
    ];
    save(test, { ...CONFIGURATION, receiving: { domains } });
    await test.waitFor('reloaded');
    expect(await sendMail(smtpPort, { to: 'x@orchard.test' })).toMatch(/^250 /);
  });

  it('keeps the old one when the new one is broken, and says every fault', async () => {
    const test = await startTestRun();
    save(test, { ...CONFIGURATION, otherwise: { queue: 'inbx' }, ruls: [] });
    const [refused] = await test.waitFor('reload-refused');
    expect(refused?.faults).toEqual(['ruls: unknown member; did you mean rules?']);
    await sendMail(test.run.endpoints.smtpPort, { to: 'hello@example.com' });
    expect(await test.waitFor('mail')).toMatchObject([{ queue: 'inbox' }]);
  });

  it('keeps the old one when the new one is no program', async () => {
    const test = await startTestRun();
    writeFileSync(test.configurationFile, 'export default {');
    const [refused] = await test.waitFor('reload-refused');
    expect(refused?.faults[0]).toMatch(/^postroom\.config\.ts cannot be read: /);
  });

  it('refuses another environment, whose queues are not these', async () => {
    const test = await startTestRun();
    save(test, { ...CONFIGURATION, environment: 'other' });
    const [refused] = await test.waitFor('reload-refused');
    expect(refused?.faults).toEqual([
      'environment: expected "test" while this run lasts, came "other"; end it and start again',
    ]);
  });
});

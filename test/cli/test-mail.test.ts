import { describe, expect, it } from 'vitest';
import { chooseRecipient } from '../../cli/test-mail/choose-recipient.ts';
import { composeTestMail } from '../../cli/test-mail/compose-test-mail.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import {
  createCommandLineConfiguration,
  createSampleFolder,
} from '../support/command-line-sample.ts';
import { type EmbeddedSqs, startEmbeddedSqs, toAwsVariables } from '../support/embedded-sqs.ts';
import { runPostroom } from '../support/run-postroom.ts';
import { createSampleEvent } from '../support/sample-event.ts';
import {
  queryError,
  type ScriptedAction,
  type ScriptedAnswer,
  startScriptedSes,
} from '../support/scripted-ses.ts';

describe('composeTestMail', () => {
  it('writes a complete mail that is known by its subject', () => {
    const bytes = composeTestMail({
      sender: 'postroom-test@example.com',
      recipient: 'support@example.com',
      token: 'abc',
      sentAt: new Date('2026-11-24T09:00:00Z'),
    });
    expect(Buffer.from(bytes).toString().split('\r\n').slice(0, 5)).toEqual([
      'From: Postroom <postroom-test@example.com>',
      'To: support@example.com',
      'Subject: Postroom test abc',
      'Date: Tue, 24 Nov 2026 09:00:00 +0000',
      'Message-ID: <abc@example.com>',
    ]);
  });
});

describe('chooseRecipient', () => {
  it('takes the first address of the configuration', () => {
    expect(chooseRecipient(undefined, createCommandLineConfiguration())).toBe(
      'support@example.com',
    );
  });

  it('makes one up where a domain takes every address', () => {
    const configuration = parseConfiguration({
      environment: 'dev',
      receiving: { domains: [{ domain: 'example.org', catchAll: true }] },
      queues: { inbox: {} },
      otherwise: { queue: 'inbox' },
    });
    expect(chooseRecipient(undefined, configuration)).toBe('postroom-test@example.org');
  });

  it('refuses an address of a domain that is not ours', () => {
    expect(() => chooseRecipient('a@example.org', createCommandLineConfiguration())).toThrow(
      '--to: expected an address of example.com (receiving.domains), came "a@example.org"',
    );
  });
});

/** An account whose SES does with a sent mail what the test says. */
async function startAccount(
  onSend: (sqs: EmbeddedSqs, subject: string) => Promise<ScriptedAnswer>,
) {
  const sqs = await startEmbeddedSqs(createCommandLineConfiguration());
  const sendRawEmail: ScriptedAction = (parameters) => {
    const mail = Buffer.from(parameters.get('RawMessage.Data') ?? '', 'base64').toString();
    return onSend(sqs, /^Subject: (.*)\r$/m.exec(mail)?.[1] ?? '');
  };
  const ses = await startScriptedSes({
    SendRawEmail: sendRawEmail,
    DescribeActiveReceiptRuleSet: () => ({ xml: '<Metadata><Name>legacy</Name></Metadata>' }),
  });
  const env = {
    ...toAwsVariables(sqs.endpoint),
    AWS_ENDPOINT_URL_SES: ses,
    AWS_ENDPOINT_URL_STS: ses,
  };
  const run = (...args: readonly string[]) =>
    runPostroom(['test-mail', '--env', 'dev', ...args], { cwd: createSampleFolder(), env });
  return { sqs, run };
}

const SENT: ScriptedAnswer = { xml: '<MessageId>0100-x</MessageId>' };

describe('postroom test-mail', () => {
  it('sends a mail, waits for it in the queue of the rules and leaves everything else', async () => {
    const { sqs, run } = await startAccount(async ({ sendMessage }, subject) => {
      await sendMessage('postroom-dev-support', JSON.stringify(createSampleEvent()));
      await sendMessage('postroom-dev-support', JSON.stringify(createSampleEvent({ subject })));
      return SENT;
    });
    const { status, stdout, stderr } = await run();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ sent to support@example\.com \(0100-x, \d+\.\d s\)$/m);
    expect(stdout).toContain(
      '✓ the rules send it to support (otherwise, as no rule sent it anywhere); waiting there\n',
    );
    expect(stdout).toMatch(/^✓ arrived in support \d+\.\d s after it was sent: e1-sample$/m);
    expect(await sqs.receiveCounts('postroom-dev-support')).toEqual([2]);
  });

  it('waits in the queue that the rules choose for the address', async () => {
    const { run } = await startAccount(async ({ sendMessage }, subject) => {
      await sendMessage('postroom-dev-orders.fifo', JSON.stringify(createSampleEvent({ subject })));
      return SENT;
    });
    const { status, stdout } = await run('--to', 'orders@example.com');
    expect(status).toBe(0);
    expect(stdout).toContain('✓ the rules send it to orders (rule orders); waiting there\n');
  });

  it('says what could be wrong when nothing arrives in time', async () => {
    const { run } = await startAccount(async ({ sendMessage }) => {
      await sendMessage('postroom-dev-arrivals-dead', 'x');
      return SENT;
    });
    const { status, stdout } = await run('--timeout', '1');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^✗ not in support after \d+\.\d s; a consumer may have taken it/m);
    expect(stdout).toContain(
      '✗ rule set: expected postroom-dev to be active, came "legacy"; SES has one active set',
    );
    expect(stdout).toContain('✗ queues: arrivals: 1 message in its dead-letter queue');
  });

  it('says in one line that SES refuses to send', async () => {
    const { run } = await startAccount(() =>
      Promise.resolve(
        queryError('MessageRejected', 'Email address is not verified: postroom-test@example.com'),
      ),
    );
    const { status, stdout, stderr } = await run();
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'postroom: test-mail: SES refuses to send (Email address is not verified: postroom-test@example.com); ' +
        'verify example.com in eu-west-1: `npx postroom doctor` says what is missing\n',
    });
  });

  it('sends nothing when the rules drop the mail', async () => {
    const { run } = await startAccount(() => Promise.reject(new Error('nothing is sent')));
    const { status, stderr } = await run('--to', 'noreply@example.com');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'postroom: test-mail: the rules drop mail to noreply@example.com ("unread"), so it reaches no queue; choose another address with --to\n',
    });
  });

  it('sends nothing when the environment is not deployed', async () => {
    const { endpoint } = await startEmbeddedSqs();
    const { status, stderr } = await runPostroom(['test-mail', '--env', 'dev'], {
      cwd: createSampleFolder(),
      env: toAwsVariables(endpoint),
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'postroom: test-mail: no queue postroom-dev-support in this account and region; deploy the environment, or check AWS_PROFILE and AWS_REGION\n',
    });
  });

  it('asks for the environment that it is to test', async () => {
    const { status, stderr } = await runPostroom(['test-mail']);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "postroom: required option '--env <name>' not specified\n",
    });
  });
});

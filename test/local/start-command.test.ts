import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readPort } from '../../local/emulators/embedded-aws.ts';
import { createVendor } from '../cli/mailbox-folder.ts';
import { CONFIGURATION, createFolder, sendMail, writeConfiguration } from './fixture.ts';
import { startProcess } from './start-process.ts';

const ARGS = ['--json', '--smtp-port', '0', '--no-samples'];

function createConfiguredFolder(configuration: unknown = CONFIGURATION): string {
  const folder = createFolder();
  writeConfiguration(folder, configuration);
  return folder;
}

/** A start that is to fail: its one line, without a stack. */
async function readFailure(folder: string, args: readonly string[]): Promise<string> {
  const { exitStatus, errorLines } = await startProcess(folder, args).ended;
  expect(errorLines).toHaveLength(1);
  expect(exitStatus).toBe(1);
  return errorLines[0] ?? '';
}

describe('postroom start', () => {
  it('says every port when it is ready, then each mail', async () => {
    const started = startProcess(createConfiguredFolder(), ARGS);
    const [ready] = await started.waitFor('ready');
    expect(ready).toMatchObject({
      pid: started.pid,
      environment: 'test',
      region: 'us-east-1',
      account: '000000000000',
      mailBucket: 'postroom-test-mail-000000000000-us-east-1',
      queues: ['support', 'inbox'],
    });
    await sendMail(ready?.smtpPort ?? 0, { to: 'support@example.com' });
    const [mail] = await started.waitFor('mail');
    expect(Object.keys(mail ?? {})).toEqual(
      expect.arrayContaining(['mailId', 'from', 'to', 'subject', 'rule', 'queue', 'ms']),
    );
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with status 0 on %s', async (signal) => {
    const folder = createConfiguredFolder();
    const started = startProcess(folder, ARGS);
    const [ready] = await started.waitFor('ready');
    await sendMail(ready?.smtpPort ?? 0, { to: 'support@example.com' });
    started.kill(signal);
    // npm passes the same Ctrl-C on, so it comes twice.
    started.kill(signal);
    const { exitStatus, errorLines } = await started.ended;
    expect({ exitStatus, errorLines }).toEqual({ exitStatus: 0, errorLines: [] });
    expect(started.events.at(-1)).toEqual({ event: 'stopped' });
    expect(existsSync(join(folder, '.postroom', 'endpoints.json'))).toBe(false);
  });

  it.each([
    [[], { isActing: false, mailboxes: ['vendor'] }],
    [['--act'], { isActing: true, mailboxes: ['vendor'] }],
    [['--no-polls'], { isActing: false, mailboxes: [] }],
  ])('with %j says whether mailboxes are polled and changed', async (args, expected) => {
    const mailboxes = [createVendor({ port: 1 })];
    const folder = createConfiguredFolder({ ...CONFIGURATION, mailboxes });
    const [ready] = await startProcess(folder, [...ARGS, ...args]).waitFor('ready');
    expect(ready).toMatchObject(expected);
  });

  it('sends the samples on the first start and not on the second', async () => {
    const folder = createConfiguredFolder();
    const args = ['--json', '--smtp-port', '0'];
    const first = startProcess(folder, args);
    // Two of the eight go to two queues.
    await first.waitFor('mail', 10);
    first.kill('SIGINT');
    await first.ended;
    const second = startProcess(folder, args);
    await second.waitFor('ready');
    second.kill('SIGINT');
    await second.ended;
    expect(second.events.map(({ event }) => event)).toEqual(['ready', 'stopped']);
  });

  it('writes lines for a person, ready to copy', async () => {
    const started = startProcess(createConfiguredFolder(), ['--once']);
    const { output, exitStatus } = await started.ended;
    expect(exitStatus).toBe(0);
    expect(output).toMatch(/swaks --to support@example\.com .*--server 127\.0\.0\.1:\d+ /);
    expect(output).toMatch(/curl smtp:\/\/127\.0\.0\.1:\d+ --mail-from \S+ --mail-rcpt support@/);
    expect(output).toMatch(
      /^✓ ada\.berg@example\.net {7}→ support@example\.com {9}My crate arrived.* support .* \d+ ms$/m,
    );
  });
});

describe('postroom start --once', () => {
  it('ends with 0 when all samples are where the rules say, and leaves nothing', async () => {
    const folder = createConfiguredFolder();
    const started = startProcess(folder, ['--once', '--json']);
    const { exitStatus } = await started.ended;
    expect(started.events).toContainEqual({ event: 'samples-checked', samples: 8, faults: [] });
    expect(exitStatus).toBe(0);
    expect(existsSync(join(folder, '.postroom'))).toBe(false);
  });

  it('addresses the samples to the domain of the configuration', async () => {
    const domains = [{ domain: 'orchard.test', catchAll: true }];
    const folder = createConfiguredFolder({ ...CONFIGURATION, receiving: { domains } });
    const started = startProcess(folder, ['--once', '--json']);
    expect((await started.ended).exitStatus).toBe(0);
    const [mail] = await started.waitFor('mail');
    expect(mail?.to).toEqual(['support@orchard.test']);
  });

  it('ends with 1 when a sample cannot be handled', async () => {
    const folder = createConfiguredFolder({ ...CONFIGURATION, limits: { mailBytes: 1024 } });
    const started = startProcess(folder, ['--once', '--json']);
    expect((await started.ended).exitStatus).toBe(1);
    const [checked] = await started.waitFor('samples-checked');
    expect(checked?.faults).toContain(
      'invoice-with-pdf.eml: could not be handled (limit-exceeded)',
    );
  });
});

describe('a start that cannot be', () => {
  it('says that the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const port = readPort(server);
    expect(await readFailure(createConfiguredFolder(), ['--smtp-port', String(port)])).toBe(
      `postroom: port ${port} on 127.0.0.1 is in use by another program; end that, or choose another port (--smtp-port 0 takes a free one)`,
    );
  });

  it('says that one runs in the folder already', async () => {
    const folder = createConfiguredFolder();
    const first = startProcess(folder, ARGS);
    const [ready] = await first.waitFor('ready');
    expect(await readFailure(folder, ARGS)).toBe(
      `postroom: a local run uses .postroom already (process ${first.pid}, SMTP port ${ready?.smtpPort ?? 0}); end it, or start this one with --state DIR and --smtp-port 0`,
    );
    await sendMail(ready?.smtpPort ?? 0, { to: 'support@example.com' });
    expect(await first.waitFor('mail')).toHaveLength(1);
  });

  it('says what is wrong in the configuration', async () => {
    const folder = createConfiguredFolder({ ...CONFIGURATION, otherwise: { queue: 'inbx' } });
    expect((await startProcess(folder, ARGS).ended).errorLines).toContain(
      'postroom: configuration: otherwise.queue: expected the name of a member of queues, came "inbx"; did you mean "inbox"?',
    );
  });

  it('says that there is no configuration', async () => {
    expect(await readFailure(createFolder(), ARGS)).toBe(
      'postroom: postroom.config.ts is not in this folder; `npx postroom init` writes one',
    );
  });

  it('says that the folder for the state is missing', async () => {
    const folder = createConfiguredFolder();
    expect(await readFailure(folder, [...ARGS, '--state', 'a/b'])).toBe(
      `postroom: --state: expected a folder inside one that exists, came a/b; make ${join(folder, 'a')} first`,
    );
  });

  it('says that the state folder is a file', async () => {
    const folder = createConfiguredFolder();
    writeFileSync(join(folder, '.postroom'), '');
    expect(await readFailure(folder, ARGS)).toBe(
      'postroom: .postroom is not a folder; remove it, or choose another one (--state DIR)',
    );
  });

  it('says that the state is not what it wrote', async () => {
    const folder = createConfiguredFolder();
    mkdirSync(join(folder, '.postroom'));
    writeFileSync(join(folder, '.postroom', 'fauxqs.db'), 'no database '.repeat(100));
    expect(await readFailure(folder, ARGS)).toMatch(
      /^postroom: the state in \.postroom cannot be read \(.*\); --fresh starts over$/,
    );
  });

  it('says that an address is not of this machine', async () => {
    expect(await readFailure(createConfiguredFolder(), [...ARGS, '--host', '192.0.2.1'])).toBe(
      'postroom: --host: expected an address of this machine, came 192.0.2.1',
    );
  });

  it('says that a port is none', async () => {
    const { exitStatus, errorLines } = await startProcess(createConfiguredFolder(), [
      '--smtp-port',
      '70000',
    ]).ended;
    expect(exitStatus).toBe(2);
    expect(errorLines).toEqual([
      "postroom: option '--smtp-port <port>' argument '70000' is invalid. Expected a port, 0 to 65535; 0 takes a free one.",
    ]);
  });
});

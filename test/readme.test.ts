import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type LocalAwsEndpoint,
  localAws,
  ROOT,
  startEndpoint,
} from './support/local-aws/local-aws-endpoint.ts';
import { runCommand } from './deploy/run-command.ts';
import { waitFor } from './support/wait-for.ts';
import { describeWith, program } from './support/requirement.ts';

/** `npm install` without a cache, or a deployment, on a slow machine. */
const COMMAND_TIMEOUT_MS = 300_000;
const READY_TIMEOUT_MS = 60_000;
/** The port of `npm start`, which a developer's own local run may hold. */
const SMTP_PORT = 2525;

/** The commands that a reader copies: the lines of the blocks marked `sh`. */
function readCommands(markdown: string): readonly string[] {
  return Array.from(markdown.matchAll(/^```sh\n(.*?)^```$/gms), ([, block = '']) =>
    block.split('\n').filter((line) => line !== ''),
  ).flat();
}

const commands = readCommands(readFileSync(join(ROOT, 'README.md'), 'utf8'));

test('the README has commands, and begins with installing and starting', () => {
  expect(commands.slice(0, 2)).toEqual(['npm install', 'npm start']);
});

describeWith(
  [program('git'), program('swaks'), program('curl'), localAws],
  'the README, followed in a fresh clone',
  () => {
    let endpoint: LocalAwsEndpoint;
    let folder: string;
    let clone: string;
    let environment: Readonly<Record<string, string>>;

    beforeAll(async () => {
      endpoint = await startEndpoint();
      folder = await mkdtemp(join(tmpdir(), 'postroom-readme-'));
      clone = join(folder, 'postroom');
      environment = createReaderEnvironment(endpoint);
      const cloned = await runCommand('git', ['clone', '--quiet', ROOT, clone], {
        folder,
        environment,
      });
      expect(cloned.exitStatus, cloned.stderr).toBe(0);
    }, 60_000);

    afterAll(async () => {
      await endpoint.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    test.for(commands)('%s', { timeout: COMMAND_TIMEOUT_MS }, async (command) => {
      // The run that this test belongs to.
      if (command === 'npm test') return;
      if (command === 'npm start') {
        await followStart(await chooseStartCommand(command), clone, environment);
        return;
      }
      const { exitStatus, stdout, stderr } = await runCommand('bash', ['-c', command], {
        folder: clone,
        environment,
      });
      expect(exitStatus, `${command}\n${stdout}\n${stderr}`).toBe(0);
    });
  },
);

/**
 * What a reader's terminal has: none of the paths and variables that npm and vitest set for this
 * process, and the local endpoint for an AWS account.
 */
function createReaderEnvironment({
  environment,
}: LocalAwsEndpoint): Readonly<Record<string, string>> {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^(npm_(package|lifecycle|config_(local_)?prefix)|INIT_CWD|NODE_ENV)/.test(name),
  );
  const paths = (process.env['PATH'] ?? '').split(delimiter);
  return {
    ...Object.fromEntries(kept),
    PATH: paths.filter((path) => !path.includes('node_modules')).join(delimiter),
    npm_config_prefer_offline: 'true',
    // A person says yes to the permissions that `cdk deploy` lists.
    CDK_REQUIRE_APPROVAL: 'never',
  };
}

async function chooseStartCommand(command: string): Promise<string> {
  const server = createServer().listen(SMTP_PORT, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    return `${command} -- --smtp-port 0`;
  }
  server.close();
  await once(server, 'close');
  return command;
}

/** Starts the local run, sends mail by each line that it prints to copy, and ends it by Ctrl-C. */
async function followStart(
  command: string,
  clone: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const child = spawn('bash', ['-c', command], {
    cwd: clone,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (written += text));
  }
  const waitForText = (what: string, isThere: () => boolean): Promise<true> =>
    waitFor(
      what,
      () => {
        if (child.exitCode !== null) throw new Error(`${command} ended: ${written}`);
        return Promise.resolve(isThere() ? true : undefined);
      },
      READY_TIMEOUT_MS,
    );
  try {
    await waitForText('the ready line', () => written.includes('Ctrl-C.'));
    const sendCommands = written.match(/^ {2}(?:swaks|curl) .*$/gm) ?? [];
    expect(sendCommands, written).toHaveLength(2);
    for (const sendCommand of sendCommands) {
      const sent = spawnSync('bash', ['-c', sendCommand], { cwd: clone, env: environment });
      expect(sent.status, `${sendCommand}\n${String(sent.stdout)}${String(sent.stderr)}`).toBe(0);
      const { subject, lines } = readExpectation(sendCommand, clone);
      await waitForText(
        `line ${lines} of "${subject}", sent by ${sendCommand.trim()}`,
        () => written.split(subject).length - 1 === lines + countInCommands(sendCommands, subject),
      );
    }
  } finally {
    await interrupt(child);
  }
}

const countInCommands = (sendCommands: readonly string[], subject: string): number =>
  sendCommands.filter((sendCommand) => sendCommand.includes(subject)).length;

/** The start of the subject that a mail is printed with, and how many such lines there are then. */
function readExpectation(
  sendCommand: string,
  clone: string,
): { readonly subject: string; readonly lines: number } {
  const [, written] = /'Subject: (.*?)'/.exec(sendCommand) ?? [];
  if (written !== undefined) return { subject: written, lines: 1 };
  const [, file = ''] = /--upload-file (\S+)/.exec(sendCommand) ?? [];
  const [, subject = ''] = /^Subject: (.{20})/m.exec(readFileSync(join(clone, file), 'utf8')) ?? [];
  // The sample went in by itself before.
  return { subject, lines: 2 };
}

/** What Ctrl-C does: it reaches npm and everything that it started. */
async function interrupt(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGINT');
  await exited;
}

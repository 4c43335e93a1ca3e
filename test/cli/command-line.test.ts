import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runPostroom } from '../support/run-postroom.ts';
import { createConfigurationFolder, createTemporaryFolder } from '../support/temporary-folder.ts';

const pretendNode = (version: string): readonly string[] => [
  '--import',
  `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`,
];

describe('the launcher', () => {
  it('says which Node it needs when this one is too old, and runs nothing', async () => {
    const run = await runPostroom(['--version'], { nodeArguments: pretendNode('22.17.9') });
    expect(run).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'postroom: needs Node 22.18 or newer, came 22.17.9; run it as `npx postroom`, which takes the Node that `npm install` brought\n',
    });
  });

  it.each(['22.18.0', '24.0.0'])('runs on Node %s', async (version) => {
    const { status, stdout } = await runPostroom(['--version'], {
      nodeArguments: pretendNode(version),
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '0.1.0\n' });
  });
});

describe('the command line', () => {
  it('names the nearest command for one it does not know', async () => {
    expect(await runPostroom(['explian'])).toEqual({
      status: 2,
      stdout: '',
      stderr: "postroom: unknown command 'explian' (Did you mean explain?)\n",
    });
  });

  it('names the nearest option for one it does not know', async () => {
    const { status, stderr } = await runPostroom(['queue', '--jsn']);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "postroom: unknown option '--jsn' (Did you mean --json?)\n",
    });
  });

  it('says in one line which argument is missing', async () => {
    const { status, stderr } = await runPostroom(['explain']);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "postroom: missing required argument 'files'\n",
    });
  });

  it.each(['init', 'explain', 'queue', 'list', 'find', 'forget', 'doctor', 'test-mail'])(
    'has help for %s on standard output',
    async (command) => {
      const { status, stdout, stderr } = await runPostroom([command, '--help']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain(`Usage: postroom ${command}`);
      expect(stdout).toContain('--config <file>');
    },
  );

  it('ends quietly when the reader of its output goes away', async () => {
    const launcher = fileURLToPath(new URL('../../bin/postroom.js', import.meta.url));
    const child = spawn(process.execPath, [launcher, 'init', '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
    await once(child, 'close');
    expect(stderr).toBe('');
  });
});

describe.runIf(existsSync('/dev/full'))('an output that cannot be written', () => {
  it('is told in one line, with the reason', async () => {
    const launcher = fileURLToPath(new URL('../../bin/postroom.js', import.meta.url));
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [launcher, 'init', '--help'], {
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    let stderr = '';
    child.stderr?.on('data', (piece: Buffer) => (stderr += piece.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'postroom: standard output cannot be written (ENOSPC)\n',
    });
  });
});

describe('the configuration of a command', () => {
  const broken = `export default {
    environment: 'dev',
    receiving: { domains: [{ domian: 'example.com', catchAll: true }] },
    queues: { inbox: {} },
    otherwise: { queue: 'inbix' },
  };\n`;

  it('is reported with a line for each fault and no stack', async () => {
    const folder = createTemporaryFolder();
    writeFileSync(join(folder, 'postroom.config.ts'), broken);
    const { status, stdout, stderr } = await runPostroom(['explain', '-'], { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(
      'postroom: configuration: receiving.domains[0].domian: unknown member; did you mean domain?\n',
    );
    expect(stderr).not.toContain('    at ');
  });

  it('is missed in one line that says how to get one', async () => {
    const { status, stderr } = await runPostroom(['explain', '-'], {
      cwd: createTemporaryFolder(),
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'postroom: postroom.config.ts is not in this folder; `npx postroom init` writes one\n',
    });
  });

  const writeFixedConfiguration = (environment: string): string => {
    const folder = createConfigurationFolder();
    writeFileSync(
      join(folder, 'postroom.config.ts'),
      `export default {
        environment: ${environment},
        receiving: { domains: [{ domain: 'example.com', catchAll: true }] },
        queues: { inbox: {} },
        otherwise: { queue: 'inbox' },
      };\n`,
    );
    return folder;
  };
  const mail = 'To: a@example.com\r\n\r\nhello\r\n';

  it('is read with the environment that --env names', async () => {
    const cwd = writeFixedConfiguration(`process.env['POSTROOM_ENV'] ?? 'dev'`);
    const { status } = await runPostroom(['explain', '-', '--env', 'production'], {
      cwd,
      stdin: mail,
    });
    expect(status).toBe(0);
  });

  it('is refused when it is for another environment than --env names', async () => {
    const cwd = writeFixedConfiguration(`'staging'`);
    const { status, stderr } = await runPostroom(['explain', '-', '--env', 'production'], {
      cwd,
      stdin: mail,
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        `postroom: postroom.config.ts: expected environment "production" (from --env), came "staging"; ` +
        `write \`environment: process.env['POSTROOM_ENV'] ?? 'staging'\` there\n`,
    });
  });
});

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/postroom.js', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** How a command ended. */
export interface CommandRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandSurroundings {
  /** @default the repository */
  readonly cwd?: string;
  /** Variables beside PATH and HOME; whatever AWS profile this machine has is out of reach. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Arguments of Node itself. */
  readonly nodeArguments?: readonly string[];
}

/** Runs the real command line in a process of its own, as a person would. */
export async function runPostroom(
  args: readonly string[],
  { cwd = REPOSITORY, env = {}, stdin = '', nodeArguments = [] }: CommandSurroundings = {},
): Promise<CommandRun> {
  const child = spawn(process.execPath, [...nodeArguments, LAUNCHER, ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONFIG_FILE: '/dev/null',
      ...env,
    },
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.end(stdin);
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    closed,
  ]);
  return { status, stdout, stderr };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a command ended. */
export interface CommandResult {
  readonly exitStatus: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with which variables a command runs. */
export interface CommandOptions {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs a command to its end, without a shell. */
export async function runCommand(
  program: string,
  args: readonly string[],
  { folder, environment }: CommandOptions,
): Promise<CommandResult> {
  const child = spawn(program, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  await once(child, 'close');
  return { exitStatus: child.exitCode, ...written };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a program ended. */
export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly exitStatus: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program runs. */
export interface ProgramOptions {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told each piece of standard error as it comes. @default nobody is told */
  readonly onStderr?: (text: string) => void;
}

/**
 * Runs a program to its end and keeps what it wrote.
 *
 * @returns undefined when there is no such program.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { folder, environment, onStderr }: ProgramOptions,
): Promise<ProgramResult | undefined> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onStderr?.(text);
  });
  try {
    await once(child, 'close');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return { exitStatus: child.exitCode, stdout, stderr };
}

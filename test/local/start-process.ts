import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { LocalEvent } from '../../local/output/local-event.ts';
import { createEventLog, type EventLog } from './fixture.ts';

const POSTROOM = fileURLToPath(new URL('../../bin/postroom.js', import.meta.url));

/** `postroom start` as a person runs it. */
export interface StartProcess extends EventLog {
  readonly pid: number;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** What it leaves when it has ended. */
  readonly ended: Promise<{
    readonly exitStatus: number | null;
    readonly output: string;
    readonly errorLines: readonly string[];
  }>;
}

/** Starts it in a folder; it is gone when the test ends. With `--json` its events can be waited for. */
export function startProcess(folder: string, args: readonly string[]): StartProcess {
  const child = spawn(process.execPath, [POSTROOM, 'start', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const log = createEventLog();
  const output: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    output.push(line);
    // Every line of --json is an event.
    if (args.includes('--json')) log.report(JSON.parse(line) as LocalEvent);
  });
  const errorLines: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    errorLines.push(line);
  });
  const ended = once(child, 'close').then(() => ({
    exitStatus: child.exitCode,
    output: output.join('\n'),
    errorLines,
  }));
  return {
    ...log,
    pid: child.pid ?? 0,
    kill: (signal) => {
      child.kill(signal);
    },
    ended,
  };
}

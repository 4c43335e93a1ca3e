import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Signals a process and all that it started. It was started `detached`, which makes a group of it.
 * One that is gone is no error.
 */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}

/** Kills a process and all that it started; ends when it is gone. */
export async function stopGroup(child: ChildProcess): Promise<void> {
  const isRunning = child.exitCode === null && child.signalCode === null;
  const exited = isRunning ? once(child, 'exit') : undefined;
  signalGroup(child, 'SIGKILL');
  await exited;
}

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pop3Target } from './pop3-clients.ts';
import type { ProgramSetup } from './pop3-programs.ts';

// Written mail shall not measure the disk.
const MEMORY_FOLDER = '/dev/shm';

/** Whether a program is on the PATH. */
export const isInstalled = ({ program }: ProgramSetup): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

/** Longer than this nobody waits for a comparison. */
const PATIENCE_MS = 40_000;

/** Runs a program once into an empty folder in memory. @returns milliseconds, no more than it was given */
export function runProgram(setup: ProgramSetup, target: Pop3Target): number {
  const folder = mkdtempSync(
    join(existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir(), 'postroom-bench-'),
  );
  try {
    for (const name of ['cur', 'new', 'tmp'])
      mkdirSync(join(folder, 'mail', name), { recursive: true });
    const text = setup.createText(target, folder).join('\n');
    writeFileSync(join(folder, setup.file), `${text}\n`, { mode: 0o600 });
    const started = performance.now();
    const { status, stderr } = spawnSync(setup.program, setup.createWords(folder), {
      encoding: 'utf8',
      env: { ...process.env, HOME: folder },
      timeout: PATIENCE_MS,
    });
    const ms = performance.now() - started;
    if (status !== 0 && ms < PATIENCE_MS)
      throw new Error(`${setup.program} ended with ${status}: ${stderr.slice(0, 500)}`);
    return ms;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MailboxCredential } from '../../mail/ports/mailbox-ports.ts';

/** Where a client of a bench goes: a port of this machine. */
export interface BenchTarget {
  readonly port: number;
  readonly credential: MailboxCredential;
}

/** How a program that fetches mail is run: what stands in its file, and the words that start it. */
export interface ProgramSetup {
  readonly program: string;
  readonly file: string;
  readonly createText: (target: BenchTarget, folder: string) => readonly string[];
  readonly createWords: (folder: string) => readonly string[];
}

// Written mail shall not measure the disk.
const MEMORY_FOLDER = '/dev/shm';

/** Whether a program is on the PATH. */
export const isInstalled = ({ program }: ProgramSetup): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

/** Longer than this nobody waits for a comparison. */
const PATIENCE_MS = 40_000;

/** Runs a program once into an empty folder in memory. @returns milliseconds, no more than it was given */
export async function runProgram(setup: ProgramSetup, target: BenchTarget): Promise<number> {
  const base = existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
  const folder = mkdtempSync(join(base, 'postroom-bench-'));
  try {
    for (const name of ['cur', 'new', 'tmp']) {
      mkdirSync(join(folder, 'mail', name), { recursive: true });
    }
    const text = setup.createText(target, folder).join('\n');
    writeFileSync(join(folder, setup.file), `${text}\n`, { mode: 0o600 });
    const started = performance.now();
    // Not while the process waits: the way of 20 ms is made in it.
    const program = spawn(setup.program, setup.createWords(folder), {
      stdio: 'ignore',
      env: { ...process.env, HOME: folder },
      timeout: PATIENCE_MS,
    });
    const [status] = (await once(program, 'close')) as [number | null];
    const ms = performance.now() - started;
    if (status !== 0 && ms < PATIENCE_MS) throw new Error(`${setup.program} ended with ${status}`);
    return ms;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

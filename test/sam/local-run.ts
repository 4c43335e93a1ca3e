import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { type LocalEndpoints, readLocalEndpoints } from '../../local/endpoints.ts';

/** The repository's root. */
export const ROOT = resolve(import.meta.dirname, '../..');

/** A local run in a process of its own, as `npm start` has it. */
export interface LocalRun {
  readonly endpoints: LocalEndpoints;
  readonly stateFolder: string;
  stop(): Promise<void>;
}

const lineSchema = z.looseObject({ event: z.string() });

/**
 * Starts a local run without samples on free ports, with its state in a temporary folder.
 *
 * @throws {Error} With what it wrote when it ends before it is ready.
 */
export async function startLocalRunProcess(): Promise<LocalRun> {
  const folder = await mkdtemp(join(tmpdir(), 'postroom-sam-'));
  const stateFolder = join(folder, 'state');
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'bin/postroom.js'),
      ...['start', '--json', '--no-samples', '--smtp-port', '0', '--state', stateFolder],
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    if (lineSchema.parse(JSON.parse(line)).event === 'ready') break;
  }
  const endpoints = readLocalEndpoints(stateFolder);
  if (endpoints !== undefined) return { endpoints, stateFolder, stop };
  await stop();
  throw new Error('the local run ended before it was ready; it says why above');
}

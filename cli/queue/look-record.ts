import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';

/** Beside the local run's state: it is this machine that looked. */
export const LOOK_RECORD_FILE = '.postroom/looks.json';

/** The last look at a deployed queue that a further one could hurt. */
export interface RiskyLook {
  readonly lookedAtMs: number;
  /** The most receives that a message had, that look included. */
  readonly receives: number;
}

const recordSchema = z.record(
  z.string(),
  z.object({ lookedAtMs: z.number(), receives: z.number() }),
);

/** Remembers looks between commands, since SQS tells the receives of a message only by another one. */
export interface LookRecord {
  readLook(queueUrl: string): Promise<RiskyLook | undefined>;
  writeLook(queueUrl: string, look: RiskyLook): Promise<void>;
}

async function readRecord(file: string): Promise<z.output<typeof recordSchema>> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Missing or spoilt, it remembers nothing: the look itself still says what it did.
    return {};
  }
}

/** A {@link LookRecord} in a file, which need not exist. */
export const createFileLookRecord = (file: string): LookRecord => ({
  readLook: async (queueUrl) => (await readRecord(file))[queueUrl],
  async writeLook(queueUrl, look) {
    const record = { ...(await readRecord(file)), [queueUrl]: look };
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(record, undefined, 2)}\n`);
  },
});

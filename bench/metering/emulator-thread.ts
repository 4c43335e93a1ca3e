import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Emulators } from '../../local/run/start-emulators.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';

/** The emulators, started in a thread of their own with what a configuration needs in them. */
export interface EmulatorThread extends Pick<
  Emulators,
  'awsEndpoint' | 'dynamodbEndpoint' | 'queueUrlBase'
> {
  readonly close: () => Promise<void>;
}

/** Starts the emulators on free ports with an empty state of their own. */
export async function startEmulatorThread(configuration: Configuration): Promise<EmulatorThread> {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-metering-'));
  const options = { stateFolder: folder, host: '127.0.0.1', awsPort: 0, dynamodbPort: 0 };
  const worker = new Worker(new URL('./emulator-worker.ts', import.meta.url), {
    workerData: { options, configuration },
  });
  const [endpoints] = (await once(worker, 'message')) as [Omit<EmulatorThread, 'close'>];
  return {
    ...endpoints,
    async close() {
      const ended = once(worker, 'exit');
      worker.postMessage('end');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

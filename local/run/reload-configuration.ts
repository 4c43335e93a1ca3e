import { readConfigurationFile } from '../../adapters/filesystem/configuration-file.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { describeError } from '../../mail/errors.ts';
import type { LocalClients } from '../emulators/create-clients.ts';
import type { LocalEventListener } from '../output/local-event.ts';
import { createLocalQueues } from '../queues/create-resources.ts';
import type { Redecision } from './decide-again.ts';

/** What a reload works on. */
export interface ReloadOptions {
  readonly file: string;
  readonly clients: LocalClients;
  readonly readCurrent: () => Configuration;
  /** Makes the new configuration hold. */
  readonly exchange: (configuration: Configuration) => void;
  /** Decides the mails of this run by the new configuration. */
  readonly decideAgain: (configuration: Configuration) => Promise<Redecision>;
  readonly report: LocalEventListener;
}

async function applyConfiguration(next: Configuration, options: ReloadOptions): Promise<void> {
  const { clients, exchange, decideAgain, report } = options;
  // The queues first: from the exchange on mail may go to them.
  const createdQueues = await createLocalQueues(clients, next);
  exchange(next);
  report({ event: 'reloaded', createdQueues, ...(await decideAgain(next)) });
}

/**
 * Takes over a configuration that was saved, and says what would now go elsewhere. One that is
 * broken is refused with its faults and the one before it holds. Never rejects.
 */
export async function reloadConfiguration(options: ReloadOptions): Promise<void> {
  const { file, readCurrent, report } = options;
  const current = readCurrent();
  try {
    const next = await readConfigurationFile(file);
    if (JSON.stringify(next) === JSON.stringify(current)) return;
    if (next.environment !== current.environment) {
      const fault = `environment: expected "${current.environment}" while this run lasts, came "${next.environment}"; end it and start again`;
      report({ event: 'reload-refused', faults: [fault] });
      return;
    }
    await applyConfiguration(next, options);
  } catch (error) {
    report({ event: 'reload-refused', faults: describeError(error).split('\n') });
  }
}

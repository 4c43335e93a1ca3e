import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Configuration,
  ConfigurationInput,
} from '../../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

const SAMPLE: ConfigurationInput = {
  environment: 'dev',
  receiving: {
    domains: [{ domain: 'example.com', addresses: ['support', 'orders', 'noreply'] }],
  },
  queues: { support: {}, orders: { type: 'fifo' } },
  rules: [
    { name: 'orders', when: { recipient: { address: 'orders@*' } }, then: [{ queue: 'orders' }] },
    { name: 'noreply', when: { recipient: { address: 'noreply@*' } }, then: [{ drop: 'unread' }] },
  ],
  otherwise: { queue: 'support' },
};

/** A checked configuration with a standard queue `support` and a FIFO queue `orders`. */
export const createCommandLineConfiguration = (): Configuration => parseConfiguration(SAMPLE);

/** A folder with that configuration in its file. */
export function createSampleFolder(): string {
  const folder = createTemporaryFolder();
  writeFileSync(
    join(folder, 'postroom.config.ts'),
    `export default ${JSON.stringify(SAMPLE, undefined, 2)};\n`,
  );
  return folder;
}

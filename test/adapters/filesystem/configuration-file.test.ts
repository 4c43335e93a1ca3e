import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfigurationFile } from '../../../adapters/filesystem/configuration-file.ts';
import { ConfigurationError, ConfigurationUnreadableError } from '../../../mail/errors.ts';
import { createSampleConfiguration } from '../../support/sample-configuration.ts';

describe('readConfigurationFile', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postroom-configuration-'));
    file = join(folder, 'postroom.config.mjs');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (text: string): void => {
    writeFileSync(file, text);
  };

  it('reads a file, and reads it anew when it has changed', async () => {
    const sample = createSampleConfiguration();
    write(`export default ${JSON.stringify(sample)}`);
    expect((await readConfigurationFile(file)).environment).toBe('test');
    write(`export default ${JSON.stringify({ ...sample, environment: 'other' })}`);
    utimesSync(file, new Date(), new Date(Date.now() + 5000));
    expect((await readConfigurationFile(file)).environment).toBe('other');
  });

  it('says that a file is missing and what writes one', async () => {
    const reading = readConfigurationFile(join(folder, 'none.ts'));
    await expect(reading).rejects.toThrow(ConfigurationUnreadableError);
    await expect(reading).rejects.toThrow('none.ts is not in this folder; `npx postroom init`');
  });

  it('says that a file does not compile', async () => {
    write('export default {');
    await expect(readConfigurationFile(file)).rejects.toThrow(
      /^postroom\.config\.mjs cannot be read: /,
    );
  });

  it('says that a file exports nothing', async () => {
    write('export const configuration = {};');
    await expect(readConfigurationFile(file)).rejects.toThrow('has no default export');
  });

  it('checks what the file exports', async () => {
    write('export default { environment: 3 };');
    await expect(readConfigurationFile(file)).rejects.toThrow(ConfigurationError);
  });
});

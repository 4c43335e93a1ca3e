import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfigurationFile } from '../../../adapters/filesystem/configuration-file.ts';
import { ConfigurationError, ConfigurationUnreadableError } from '../../../mail/errors.ts';
import { createSampleConfiguration } from '../../support/sample-configuration.ts';
import { SAMPLE_SERVER_MAILBOX } from '../../support/sample-mailbox.ts';

const createWithAuthority = (caFile: string) =>
  createSampleConfiguration({
    mailboxes: [
      {
        ...SAMPLE_SERVER_MAILBOX,
        server: { host: 'mail.example.com', security: 'implicit-tls', caFile },
      },
    ],
  });

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

  it('puts certificates in the place of the file that has them, and leaves a key behind', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'our CA' }]);
    writeFileSync(join(folder, 'ca.pem'), `Our own\n${cert}\n${key}\n${cert}`);
    write(`export default ${JSON.stringify(createWithAuthority('ca.pem'))}`);
    const [mailbox] = (await readConfigurationFile(file)).mailboxes;
    expect(mailbox?.server).toEqual({
      host: 'mail.example.com',
      security: 'implicit-tls',
      ca: `${cert.trim()}\n${cert.trim()}`,
    });
  });

  it.each([
    ['none.pem', 'which cannot be read'],
    ['empty.pem', 'which has none'],
    ['broken.pem', 'whose certificate 1 cannot be read'],
  ])('refuses %s in the place of certificates', async (caFile, reason) => {
    writeFileSync(join(folder, 'empty.pem'), 'no certificates');
    writeFileSync(
      join(folder, 'broken.pem'),
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
    );
    write(`export default ${JSON.stringify(createWithAuthority(caFile))}`);
    await expect(readConfigurationFile(file)).rejects.toThrow(
      `mailboxes[0].server.caFile: expected a file with certificates in PEM form, came "${caFile}", ${reason}`,
    );
  });

  it('checks what the file exports', async () => {
    write('export default { environment: 3 };');
    await expect(readConfigurationFile(file)).rejects.toThrow(ConfigurationError);
  });
});

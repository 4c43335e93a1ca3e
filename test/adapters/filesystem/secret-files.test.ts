import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSecretFiles } from '../../../adapters/filesystem/secret-files.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

function writeSecret(name: string, mode: number) {
  const folder = createTemporaryFolder();
  const file = join(folder, `${name}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '{"password":"hush"}');
  chmodSync(file, mode);
  return { file, secrets: createSecretFiles(folder) };
}

describe('createSecretFiles', () => {
  it.each([0o600, 0o400])('reads a file that its owner alone can read, mode %o', async (mode) => {
    const { secrets } = writeSecret('postroom/mailboxes', mode);
    expect(await secrets.readSecret('postroom/mailboxes')).toBe('{"password":"hush"}');
  });

  it.each([0o640, 0o604, 0o620, 0o666])('refuses one that others reach, mode %o', async (mode) => {
    const { secrets, file } = writeSecret('mailboxes', mode);
    await expect(secrets.readSecret('mailboxes')).rejects.toMatchObject({
      code: 'credential-missing',
      message: `others on this machine can get at ${file}, so it is not used; run: chmod 600 ${file}`,
    });
  });

  it('says where a secret is', () => {
    expect(createSecretFiles().describePlace('postroom/mailboxes')).toBe(
      'the file .postroom/secrets/postroom/mailboxes.json',
    );
  });
});

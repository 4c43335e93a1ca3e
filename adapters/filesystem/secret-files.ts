import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { MailboxError } from '../../mail/errors.ts';
import type { SecretReader } from '../../mail/ports/secret-port.ts';

/** Where the local run and the command line have their secrets. */
export const SECRETS_FOLDER = '.postroom/secrets';

/** Permissions of people other than the owner. */
const OTHERS = 0o077;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** SECURITY: what others can read is no secret. Windows keeps permissions elsewhere. */
function assertPrivate(file: string, mode: number): void {
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return;
  throw new MailboxError(
    'credential-missing',
    `others on this machine can get at ${file}, so it is not used; run: chmod 600 ${file}`,
  );
}

async function readPrivateFile(file: string): Promise<string> {
  const handle = await open(file);
  try {
    assertPrivate(file, (await handle.stat()).mode);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/**
 * A {@link SecretReader} over files `<secret>.json` that their owner alone can read.
 *
 * @throws {MailboxError} `credential-missing` when others can read the file.
 */
export const createSecretFiles = (folder = SECRETS_FOLDER): SecretReader => {
  const findFile = (name: string): string => join(folder, `${name}.json`);
  return {
    describePlace: (name) => `the file ${findFile(name)}`,
    async readSecret(name) {
      try {
        return await readPrivateFile(findFile(name));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
  };
};

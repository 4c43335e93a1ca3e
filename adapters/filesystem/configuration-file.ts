import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { ConfigurationUnreadableError, describeError } from '../../mail/errors.ts';
import { readCertificates } from './read-certificates.ts';

/** The file that a team edits, in the folder where a command runs. */
export const CONFIGURATION_FILE = 'postroom.config.ts';

async function importDefault(file: string): Promise<unknown> {
  // A module is cached by its URL: the time of change in it makes a saved file a new module.
  const { mtimeMs } = await stat(file);
  const url = `${pathToFileURL(file).href}?changed=${mtimeMs}`;
  const module = (await import(url)) as { readonly default?: unknown };
  return module.default;
}

/**
 * Reads and checks a configuration file, anew each time that the file has changed.
 *
 * @throws {ConfigurationUnreadableError} When the file is missing or is no module that Node runs.
 * @throws {ConfigurationError} When what it exports is not a configuration, or a file that
 *   it names is missing.
 */
export async function readConfigurationFile(path = CONFIGURATION_FILE): Promise<Configuration> {
  const file = resolve(path);
  let exported: unknown;
  try {
    exported = await importDefault(file);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new ConfigurationUnreadableError(
      isMissing
        ? `${basename(file)} is not in this folder; \`npx postroom init\` writes one`
        : `${basename(file)} cannot be read: ${describeError(error)}`,
      { cause: error },
    );
  }
  if (exported === undefined) {
    throw new ConfigurationUnreadableError(
      `${basename(file)} has no default export; write \`export default definePostroom({ … })\``,
    );
  }
  return readCertificates(parseConfiguration(exported), dirname(file));
}

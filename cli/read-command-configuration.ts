import {
  CONFIGURATION_FILE,
  readConfigurationFile,
} from '../adapters/filesystem/configuration-file.ts';
import type { Configuration } from '../mail/configuration/configuration-schema.ts';
import { Option } from 'commander';
import { CommandError } from './command-error.ts';
import { setEnvironmentName } from './environment.ts';

/** Options of every command that reads the configuration. */
export interface ConfigurationOptions {
  readonly config: string;
  readonly env?: string;
}

/** `--config FILE`, the same in each command. */
export const createConfigOption = (): Option =>
  new Option('--config <file>', 'the configuration to use').default(CONFIGURATION_FILE);

/** `--env NAME`, the same in each command. */
export const createEnvOption = (description: string): Option =>
  new Option('--env <name>', description);

/**
 * Reads the configuration that a command works with.
 *
 * @throws {CommandError} When `--env` names another environment than the file: a command would
 * otherwise look at the wrong queues.
 * @throws {ConfigurationError | ConfigurationUnreadableError}
 */
export async function readCommandConfiguration({
  config,
  env,
}: ConfigurationOptions): Promise<Configuration> {
  if (env !== undefined) setEnvironmentName(env);
  const configuration = await readConfigurationFile(config);
  if (env !== undefined && configuration.environment !== env) {
    throw new CommandError(
      `${config}: expected environment "${env}" (from --env), came "${configuration.environment}"; ` +
        `write \`environment: process.env['POSTROOM_ENV'] ?? '${configuration.environment}'\` there`,
    );
  }
  return configuration;
}

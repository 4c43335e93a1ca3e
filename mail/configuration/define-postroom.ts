import type { ConfigurationInput } from './configuration-schema.ts';

/**
 * The whole of `postroom.config.ts`: gives the editor the types. The file is checked when it is
 * read, so that every fault is said at once.
 */
export const definePostroom = (configuration: ConfigurationInput): ConfigurationInput =>
  configuration;

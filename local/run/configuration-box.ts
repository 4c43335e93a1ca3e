import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import {
  type ParseMailConfiguration,
  pickParseMailConfiguration,
} from '../../mail/configuration/parse-mail-configuration.ts';

/** The configuration that holds now. */
export interface ConfigurationBox {
  readonly read: () => Configuration;
  /** The same object until the configuration is exchanged: the function compiles its rules by it. */
  readonly readParseMail: () => ParseMailConfiguration;
  readonly exchange: (configuration: Configuration) => void;
}

/** Holds a configuration that may be exchanged while everything runs. */
export function createConfigurationBox(first: Configuration): ConfigurationBox {
  let whole = first;
  let part = pickParseMailConfiguration(first);
  return {
    read: () => whole,
    readParseMail: () => part,
    exchange(configuration) {
      whole = configuration;
      part = pickParseMailConfiguration(configuration);
    },
  };
}

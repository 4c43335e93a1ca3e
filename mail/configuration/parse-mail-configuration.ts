import type { Configuration } from './configuration-schema.ts';

/** The part of the configuration that parse-mail carries. */
export type ParseMailConfiguration = Pick<
  Configuration,
  'environment' | 'receiving' | 'queues' | 'rules' | 'otherwise' | 'retention' | 'limits'
>;

/** Picks what parse-mail needs, as plain JSON. */
export function pickParseMailConfiguration(configuration: Configuration): ParseMailConfiguration {
  const { environment, receiving, queues, rules, otherwise, retention, limits } = configuration;
  return { environment, receiving, queues, rules, otherwise, retention, limits };
}

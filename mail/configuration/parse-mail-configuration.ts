import type { Configuration } from './configuration-schema.ts';

/** The part of the configuration that parse-mail carries. */
export type ParseMailConfiguration = Pick<
  Configuration,
  | 'environment'
  | 'receiving'
  | 'queues'
  | 'rules'
  | 'otherwise'
  | 'quarantine'
  | 'retention'
  | 'limits'
>;

/** Picks what parse-mail needs, as plain JSON. */
export function pickParseMailConfiguration(configuration: Configuration): ParseMailConfiguration {
  const { environment, receiving, queues, rules, otherwise, quarantine, retention, limits } =
    configuration;
  return { environment, receiving, queues, rules, otherwise, quarantine, retention, limits };
}

/**
 * The queue that is told of mail in quarantine.
 *
 * @returns undefined where neither `quarantine.queue` nor `otherwise.queue` names one, which a
 * checked configuration never does.
 */
export const findQuarantineQueue = ({
  quarantine,
  otherwise,
}: Pick<Configuration, 'quarantine' | 'otherwise'>): string | undefined =>
  quarantine.queue ?? ('queue' in otherwise ? otherwise.queue : undefined);

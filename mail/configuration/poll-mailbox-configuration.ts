import type { Configuration } from './configuration-schema.ts';

/** The part of the configuration that the functions which poll mailboxes carry. */
export type PollMailboxConfiguration = Pick<
  Configuration,
  'environment' | 'receiving' | 'mailboxes' | 'rules' | 'otherwise' | 'retention' | 'limits'
>;

/** Picks what polling needs, as plain JSON. */
export function pickPollMailboxConfiguration(
  configuration: Configuration,
): PollMailboxConfiguration {
  const { environment, receiving, mailboxes, rules, otherwise, retention, limits } = configuration;
  return { environment, receiving, mailboxes, rules, otherwise, retention, limits };
}

import type { Configuration } from './configuration-schema.ts';
import {
  type ParseMailConfiguration,
  pickParseMailConfiguration,
} from './parse-mail-configuration.ts';

/** The part of the configuration that the functions which poll mailboxes carry. */
export type PollMailboxConfiguration = ParseMailConfiguration & Pick<Configuration, 'mailboxes'>;

/** Picks what polling needs, as plain JSON. */
export const pickPollMailboxConfiguration = (
  configuration: Configuration,
): PollMailboxConfiguration => ({
  ...pickParseMailConfiguration(configuration),
  mailboxes: configuration.mailboxes,
});

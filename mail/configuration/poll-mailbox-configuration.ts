import type { Configuration } from './configuration-schema.ts';

/** The part of the configuration that the functions which poll mailboxes carry. */
export type PollMailboxConfiguration = Pick<
  Configuration,
  | 'environment'
  | 'receiving'
  | 'mailboxes'
  | 'queues'
  | 'rules'
  | 'otherwise'
  | 'quarantine'
  | 'retention'
  | 'limits'
>;

/** Picks what polling needs, as plain JSON. */
export const pickPollMailboxConfiguration = ({
  environment,
  receiving,
  mailboxes,
  queues,
  rules,
  otherwise,
  quarantine,
  retention,
  limits,
}: Configuration): PollMailboxConfiguration => ({
  environment,
  receiving,
  mailboxes,
  queues,
  rules,
  otherwise,
  quarantine,
  retention,
  limits,
});

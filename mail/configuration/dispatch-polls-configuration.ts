import type { Configuration } from './configuration-schema.ts';

/** What is known of a mailbox where it is only woken up. */
type DispatchedMailbox = Pick<
  Configuration['mailboxes'][number],
  'name' | 'address' | 'intervalMinutes' | 'freshnessMinutes'
>;

/** The part of the configuration that dispatch-polls carries. */
export interface DispatchPollsConfiguration extends Pick<
  Configuration,
  'environment' | 'queues' | 'quarantine' | 'otherwise' | 'retention'
> {
  readonly mailboxes: readonly DispatchedMailbox[];
}

/** Picks what waking polls up needs, as plain JSON. */
export const pickDispatchPollsConfiguration = ({
  environment,
  mailboxes,
  queues,
  quarantine,
  otherwise,
  retention,
}: Configuration): DispatchPollsConfiguration => ({
  environment,
  queues,
  quarantine,
  otherwise,
  retention,
  mailboxes: mailboxes.map(({ name, address, intervalMinutes, freshnessMinutes }) => ({
    name,
    address,
    intervalMinutes,
    freshnessMinutes,
  })),
});

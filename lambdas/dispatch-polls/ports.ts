import type { DispatchPollsConfiguration } from '../../mail/configuration/dispatch-polls-configuration.ts';
import type { MailboxStates } from '../../mail/polling/mailbox-state.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import type { EventSender } from '../../mail/ports/ports.ts';
import type { WakeUpSender } from '../../mail/ports/wake-up-sender.ts';

/** What waking polls up needs of the world. */
export interface DispatchPollsPorts {
  readonly wakeUps: WakeUpSender;
  readonly states: Pick<MailboxStates, 'readStates' | 'noteMailbox' | 'markStale'>;
  /** Where silence is told of. */
  readonly events: EventSender;
  readonly clock: Clock;
  /** Asked at each run: the local run exchanges the configuration while it runs. */
  readonly readConfiguration: () => DispatchPollsConfiguration;
}

/** What a run of a schedule did: one log line. */
export interface DispatchReport {
  readonly intervalMinutes: number;
  /** It came after the next one was due, and did nothing. */
  readonly isLate: boolean;
  /** Mailboxes that were woken up. */
  readonly wokenUp: number;
  /** Mailboxes of which it was told that they are stale. */
  readonly stale: number;
}

import { createHash } from 'node:crypto';
import type { MailboxConfiguration } from '../configuration/mailbox-schema.ts';
import { MAX_WAKE_UP_DELAY_SECONDS } from '../configuration/polls-queue.ts';
import type { WakeUp } from '../ports/wake-up-sender.ts';

/** Minutes in which the row of each mailbox is looked at once, for its silence. */
const LOOK_MINUTES = 60;

/** A mailbox, as far as its turn is concerned. */
export type TimedMailbox = Pick<MailboxConfiguration, 'name' | 'intervalMinutes'>;

/** A run of a schedule. */
export interface ScheduledRun {
  readonly intervalMinutes: number;
  /** Milliseconds since 1970. */
  readonly scheduledAtMs: number;
}

/** From 0 to below 2³², for a name always the same. */
const hashName = (name: string): number =>
  createHash('sha256').update(name).digest().readUInt32BE(0);

/**
 * Plans the wake-up of a mailbox within a run. Mailboxes are spread over the interval, at the most
 * over a quarter of an hour, each in its own place: from one run to the next it is an interval.
 */
export function planWakeUp(
  { name }: TimedMailbox,
  { intervalMinutes, scheduledAtMs }: ScheduledRun,
): WakeUp {
  const delaySeconds = hashName(name) % Math.min(intervalMinutes * 60, MAX_WAKE_UP_DELAY_SECONDS);
  const scheduledAt = new Date(scheduledAtMs + delaySeconds * 1000).toISOString();
  return {
    request: { type: 'mailbox.poll', version: 1, mailbox: name, scheduledAt },
    delaySeconds,
  };
}

/**
 * Whether a run looks at the row of a mailbox: once an hour, or at each run where the interval is
 * longer. Rows of ten thousand mailboxes that were read each minute would cost more than their polls.
 */
export function isLookedAt(
  { name }: TimedMailbox,
  { intervalMinutes, scheduledAtMs }: ScheduledRun,
): boolean {
  const runs = Math.max(1, Math.floor(LOOK_MINUTES / intervalMinutes));
  const run = Math.floor(scheduledAtMs / (intervalMinutes * 60_000));
  return hashName(name) % runs === run % runs;
}

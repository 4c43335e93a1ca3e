import * as z from 'zod';

/**
 * Wakes a poll of a mailbox up. What the poll does, the mailbox's row decides: a wake-up that comes
 * twice or late does nothing.
 */
export const pollRequestSchema = z.strictObject({
  type: z.literal('mailbox.poll'),
  version: z.literal(1),
  /** Its name in the configuration. */
  mailbox: z.string().min(1),
  /** When the poll was to be, ISO 8601 in UTC. */
  scheduledAt: z.iso.datetime(),
});
export type PollRequest = z.output<typeof pollRequestSchema>;

import * as z from 'zod';

/** What a schedule says to the function that wakes polls up: whose turn it is, and since when. */
export const dispatchRequestSchema = z.strictObject({
  /** Mailboxes with this interval are woken up. */
  intervalMinutes: z.int().min(1).max(1440),
  /** When the schedule was to say so, ISO 8601 in UTC. */
  scheduledAt: z.iso.datetime(),
});
export type DispatchRequest = z.output<typeof dispatchRequestSchema>;

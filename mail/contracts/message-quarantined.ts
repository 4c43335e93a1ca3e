import * as z from 'zod';

/**
 * What the default queue is told of a message that is held although it announces no mail of ours, or
 * none that could be let in. What it says stands in its row: `quarantine show` shows it.
 */
export const messageQuarantinedSchema = z
  .strictObject({
    type: z.literal('message.quarantined'),
    version: z.literal(1),
    /** One per message. */
    eventId: z.string(),
    /** What `quarantine show` and `retry` take. */
    heldId: z.string(),
    /** Which of our own queues it was in: `arrivals`, `drops` or `reconcile`. */
    queue: z.string(),
    /** When it was put there, ISO 8601 in UTC. */
    receivedAt: z.iso.datetime(),
    /** For people, in one sentence. */
    reason: z.string(),
    /** What failed: see `docs/errors.md`; `drop-failed` or `reconcile-failed`. */
    code: z.string(),
    /** How often it was taken before it was held. */
    attempts: z.int().min(0),
    /**
     * Of an event of S3, the objects that it tells of, ten at the most. Whoever sent it says so:
     * SECURITY: they may be anybody's.
     */
    objects: z.array(z.strictObject({ bucket: z.string(), key: z.string() })),
  })
  .meta({ title: 'MessageQuarantined' });
export type MessageQuarantined = z.output<typeof messageQuarantinedSchema>;

import * as z from 'zod';
import { EventError } from '../errors.ts';
import type { StoredObject } from '../ports/door-ports.ts';

/** What S3 sends when a bucket's notifications are set, to see whether it may. */
const testEventSchema = z.object({ Event: z.literal('s3:TestEvent') });

/** As far as we rely on it (Amazon S3 User Guide, "Event message structure"). */
export const objectEventsSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      s3: z.object({
        bucket: z.object({ name: z.string().min(1) }),
        object: z.object({
          key: z.string().min(1),
          size: z.int().min(0).default(0),
          eTag: z.string().default(''),
          versionId: z.string().min(1).optional(),
        }),
      }),
    }),
  ),
});

/** @throws {EventError} `event-malformed` */
export function parseObjectEventJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new EventError('event-malformed', 'expected an event of S3, came no JSON', {
      cause: error,
    });
  }
}

/**
 * Keys are written as in a form (`a+b%C3%A9`), a plus for a space.
 *
 * @throws {EventError} `event-malformed`
 */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    throw new EventError('event-malformed', 'expected an encoded key, came another', {
      cause: error,
    });
  }
}

/**
 * Reads what S3 tells of objects that were written to a bucket. Other changes are passed over.
 *
 * @returns None for the event by which S3 tries the queue.
 * @throws {EventError} `event-malformed`, or `event-not-ours` for another bucket.
 */
export function readObjectEvents(body: string, bucket: string): readonly StoredObject[] {
  const json = parseObjectEventJson(body);
  if (testEventSchema.safeParse(json).success) return [];
  const events = objectEventsSchema.safeParse(json);
  if (!events.success) {
    const member = events.error.issues[0]?.path.join('.') ?? '';
    throw new EventError('event-malformed', `expected an event of S3; ${member} is wrong`, {
      fields: { member },
    });
  }
  const written = events.data.Records.filter(({ eventName }) =>
    /^(s3:)?ObjectCreated:/.test(eventName),
  );
  return written.map(({ s3 }) => {
    // SECURITY: whatever reaches the queue must not make us read another bucket.
    if (s3.bucket.name !== bucket) {
      throw new EventError('event-not-ours', 'expected a bucket of ours, came another bucket');
    }
    const { key, size, eTag, versionId } = s3.object;
    return { bucket, key: decodeKey(key), bytes: size, eTag, versionId };
  });
}

import type { ObjectAddress } from '../ports/ports.ts';
import { decodeKey, objectEventsSchema, parseObjectEventJson } from './read-object-events.ts';
import { EventError } from '../errors.ts';

/** LIMIT: what a person is shown of an event that tells of more; S3 tells of one. */
const MAX_TOLD_OBJECTS = 10;

function parseSafely<Value, Otherwise>(read: () => Value, otherwise: Otherwise): Value | Otherwise {
  try {
    return read();
  } catch (error) {
    if (error instanceof EventError) return otherwise;
    throw error;
  }
}

/**
 * The objects that an event of S3 tells of, for a person: of any bucket, a key that cannot be decoded
 * as it came. None of a message that is no such event.
 */
export function listToldObjects(body: string): readonly ObjectAddress[] {
  const events = objectEventsSchema.safeParse(
    parseSafely(() => parseObjectEventJson(body), undefined),
  );
  const records = events.data?.Records.slice(0, MAX_TOLD_OBJECTS) ?? [];
  return records.map(({ s3: { bucket, object } }) => ({
    bucket: bucket.name,
    key: parseSafely(() => decodeKey(object.key), object.key),
  }));
}

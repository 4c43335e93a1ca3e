import { RAW_PREFIX } from '../configuration/resource-names.ts';
import { EventError } from '../errors.ts';
import { type ArrivedMail, arrivalNoticeSchema } from './arrived-mail.ts';
import { readSesNotification } from './read-ses-notification.ts';

/** What a message of the arrivals queue says. */
export interface AnnouncedMail {
  readonly arrived: ArrivedMail;
  /** A person has let it out of quarantine. */
  readonly isReleased: boolean;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new EventError('event-malformed', 'expected a notification, came no JSON', {
      cause: error,
    });
  }
}

const isNotice = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'type' in json && json.type === 'mail.arrived';

/**
 * Reads a message of the arrivals queue: a notification of SES, or a notice of another door.
 *
 * @returns undefined for SES's setup notification, which announces no mail.
 * @throws {EventError} `event-malformed`, or `event-not-ours` for another bucket or key.
 */
export function readArrival(body: string, mailBucket: string): AnnouncedMail | undefined {
  const json = parseJson(body);
  if (!isNotice(json)) {
    const arrived = readSesNotification(json, mailBucket);
    return arrived === undefined ? undefined : { arrived, isReleased: false };
  }
  const notice = arrivalNoticeSchema.safeParse(json);
  if (!notice.success) {
    const member = notice.error.issues[0]?.path.join('.') ?? '';
    throw new EventError('event-malformed', `expected a notice of an arrival; ${member} is wrong`, {
      fields: { member },
    });
  }
  const { arrived, isReleased } = notice.data;
  const { bucket, key } = arrived.arrival.raw;
  // SECURITY: whatever reaches the queue must not make us read what is no raw mail of ours.
  if (bucket !== mailBucket || !key.startsWith(RAW_PREFIX)) {
    throw new EventError('event-not-ours', 'expected a raw mail of ours, came another object');
  }
  return { arrived, isReleased };
}

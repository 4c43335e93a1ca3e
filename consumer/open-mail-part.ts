import type { Readable } from 'node:stream';
import { type MailStore, type ObjectAddress, openMailObject } from './open-mail-object.ts';
import { pickMailPart } from './pick-mail-part.ts';

/**
 * Opens a part of a mail, such as an attachment, out of the raw mail in S3.
 *
 * @param raw Where the mail is: `event.arrival.raw`.
 * @param partPath Which part: `event.attachments[0].partPath`.
 * @returns The part's bytes, its transfer encoding undone. Read it to its end or destroy it.
 * @throws {ConsumerError} `part-missing`, `mail-unreadable`, `event-not-ours`, `object-unreadable`.
 */
export const openMailPart = async (
  store: MailStore,
  raw: ObjectAddress,
  partPath: string,
): Promise<Readable> => pickMailPart(await openMailObject(store, raw), partPath);

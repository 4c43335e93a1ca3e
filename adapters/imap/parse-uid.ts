import type { ListedMail } from '../../mail/ports/mailbox-ports.ts';

/** The largest UID that there can be (RFC 3501 section 2.3.1.1). */
export const MAX_UID = 0xffff_ffff;

/**
 * The UID of a mail that this adapter listed.
 *
 * @throws {RangeError} When its id is no UID: it was listed by something else.
 */
export function parseUid({ id }: Pick<ListedMail, 'id'>): number {
  const uid = Number(id);
  if (!/^[1-9]\d{0,9}$/.test(id) || uid > MAX_UID) {
    throw new RangeError('expected the id of a mail in an IMAP folder');
  }
  return uid;
}

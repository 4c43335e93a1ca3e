import type { SearchObject } from 'imapflow';
import { MailboxError } from '../../mail/errors.ts';
import type { MailSearch } from '../../mail/ports/mailbox-ports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The beginning of a day in UTC, in milliseconds since 1970. */
export const readDayStart = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** SEARCH joins its keys by AND, and an object has each key once: each keyword lies in the next. */
const joinKeywords = (keywords: readonly string[]): SearchObject =>
  keywords.reduceRight<SearchObject>(
    (rest, keyword) => ({ keyword, ...(Object.keys(rest).length === 0 ? {} : { or: [rest] }) }),
    {},
  );

/**
 * SEARCH keys for our criteria (RFC 3501 section 6.4.4).
 *
 * Servers count days in a time zone of theirs, so one day more is asked for; who reads the result
 * looks at the time of arrival again.
 *
 * @throws {MailboxError} `mailbox-unsuitable` when the server has no such search.
 */
export function createSearch(
  criteria: MailSearch,
  capabilities: ReadonlyMap<string, unknown>,
): SearchObject {
  const { since, gmailRaw, keywords = [], header, ...same } = criteria;
  if (gmailRaw !== undefined && !capabilities.has('X-GM-EXT-1')) {
    throw new MailboxError('mailbox-unsuitable', 'only Gmail knows the search gmailRaw');
  }
  return {
    ...same,
    ...joinKeywords(keywords),
    ...(header === undefined ? {} : { header: { ...header } }),
    ...(since === undefined ? {} : { since: new Date(readDayStart(since) - DAY_MS) }),
    ...(gmailRaw === undefined ? {} : { gmraw: gmailRaw }),
  };
}

import * as z from 'zod';
import type { MailSearch } from '../ports/mailbox-ports.ts';
import { strict } from './strict-schema.ts';

/** LIMIT: a command line of IMAP holds 8,000 octets (RFC 7162 section 4); some servers take less. */
const MAX_CRITERION_LENGTH = 500;

// SECURITY: a line break in a criterion would begin a command of its own.
const searchText = z
  .string()
  .min(1)
  .max(MAX_CRITERION_LENGTH)
  .regex(/^[^\p{Cc}]*$/u, { error: 'expected a text without control characters' });

/** A name of a header field (RFC 5322 section 2.2). */
const fieldName = z.string().regex(/^[!-9;-~]{1,76}$/, {
  error: 'expected the name of a header field such as List-Id',
});

/** A keyword of IMAP: an atom (RFC 3501 section 9), which no system flag is. */
export const KEYWORD = /^[!#$&'+-Z^-z|}~[]{1,100}$/;

const keyword = z.string().regex(KEYWORD, {
  error: 'expected a keyword of IMAP such as Processed: no space, no backslash, none of (){%*"]',
});

/** What a server is asked to find, `MailSearch`; every criterion given must hold. */
export const searchSchema = strict({
  /** A part of the From header, case ignored. */
  from: searchText.exactOptional(),
  /** A part of the To header, case ignored. */
  to: searchText.exactOptional(),
  /** A part of the subject, case ignored. */
  subject: searchText.exactOptional(),
  /** Came in on this day or after it, `2026-11-24`. */
  since: z.iso.date({ error: 'expected a day such as 2026-11-24' }).exactOptional(),
  /** Parts of other header fields, by name: `{ 'List-Id': 'example.com' }`. */
  header: z.record(fieldName, searchText).exactOptional(),
  /** More bytes than this. */
  larger: z.int().min(0).exactOptional(),
  /** Fewer bytes than this. */
  smaller: z.int().min(1).exactOptional(),
  /** Gmail's own search language: `has:attachment filename:pdf`. */
  gmailRaw: searchText.exactOptional(),
  /** Whether somebody has read it. Can change, so each poll searches the whole folder. */
  seen: z.boolean().exactOptional(),
  /** Whether somebody has flagged it. Can change, so each poll searches the whole folder. */
  flagged: z.boolean().exactOptional(),
  /** Keywords that it has. Can change, so each poll searches the whole folder. */
  keywords: z.array(keyword).min(1).max(20).exactOptional(),
}).refine((search) => Object.keys(search).length > 0, {
  error: 'expected at least one criterion, or no search at all',
}) satisfies z.ZodType<MailSearch>;

/**
 * Whether a mail that a search does not find today may be found tomorrow: then no cursor can pass
 * it over, and each poll searches the whole folder.
 */
export const canSearchChange = ({ seen, flagged, keywords }: MailSearch): boolean =>
  seen !== undefined || flagged !== undefined || keywords !== undefined;

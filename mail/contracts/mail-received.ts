import * as z from 'zod';
import { arrivalSchema } from './arrival.ts';
import { verdictsSchema } from './verdicts.ts';

const addressSchema = z.strictObject({
  /** The display name, decoded; empty when there is none. */
  name: z.string(),
  /** The address as written; empty for the name of a group (RFC 5322 section 3.4). */
  address: z.string(),
});
export type MailAddress = z.output<typeof addressSchema>;

const attachmentSchema = z.strictObject({
  /** The file name as sent, decoded; null when there is none. Never use it as a path. */
  name: z.string().nullable(),
  /** The declared media type, lower case. */
  type: z.string(),
  /** Bytes after the transfer encoding is undone. */
  bytes: z.int().min(0),
  /** Where the part stands: `2`, `1.2` (numbered as in RFC 3501 section 6.4.5). */
  partPath: z.string(),
  /** The Content-ID without its angle brackets; null when there is none. */
  contentId: z.string().nullable(),
  disposition: z.enum(['attachment', 'inline']),
});
export type MailAttachment = z.output<typeof attachmentSchema>;

const checkSchema = z.strictObject({
  /** The condition, as a path into the rule: `all[0].subject`. */
  condition: z.string(),
  matched: z.boolean(),
  /** The value it was tried on, cut to 200 characters; null when the mail has none. */
  value: z.string().nullable(),
});
export type RuleCheck = z.output<typeof checkSchema>;

const triedRuleSchema = z.strictObject({
  rule: z.string(),
  matched: z.boolean(),
  /** The conditions that settled it. */
  checks: z.array(checkSchema),
});
export type TriedRule = z.output<typeof triedRuleSchema>;

export const traceSchema = z.strictObject({
  /** The envelope recipients for which the rules went this way. */
  recipients: z.array(z.string()),
  /** The rules in the order in which they were tried. */
  rules: z.array(triedRuleSchema),
  /** What settled it: a rule, `otherwise`, an address that is not listed, or the virus verdict. */
  decidedBy: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('rule'), rule: z.string() }),
    z.strictObject({ kind: z.literal('otherwise') }),
    z.strictObject({ kind: z.literal('unlisted-recipient') }),
    z.strictObject({ kind: z.literal('virus') }),
  ]),
});
export type RuleTrace = z.output<typeof traceSchema>;

/**
 * What a consumer reads from its queue: one mail, for the recipients that the rules sent there.
 *
 * Sending is at least once; two events with one `eventId` are the same event.
 */
export const mailReceivedSchema = z
  .strictObject({
    type: z.literal('mail.received'),
    version: z.literal(1),
    /** One per mail, destination and set of recipients. */
    eventId: z.string(),
    /** The mail's content, whatever the door. */
    mailId: z.string(),
    /** Another mail that came before with this Message-ID; null when there was none. */
    sameMessageIdAs: z.string().nullable(),
    arrival: arrivalSchema,
    /** RFC 5321: what the servers said to each other, never what the headers claim. */
    envelope: z.strictObject({
      /** MAIL FROM; empty for the null sender of bounces. */
      sender: z.string(),
      /** The RCPT TO of this event. */
      recipients: z.array(z.string()).min(1),
      /** `headers` where no server told the envelope: it is read from trace headers, and may lack some. */
      source: z.enum(['smtp', 'headers']),
    }),
    /** Every header field in its order, unfolded; names as sent, values not decoded. */
    headers: z.array(z.strictObject({ name: z.string(), value: z.string() })),
    from: z.array(addressSchema),
    to: z.array(addressSchema),
    cc: z.array(addressSchema),
    /** Decoded; null when there is no such header. */
    subject: z.string().nullable(),
    /** ISO 8601 in UTC; null when the Date header is missing or unreadable. */
    date: z.iso.datetime().nullable(),
    /** The Message-ID header without its angle brackets. */
    messageId: z.string().nullable(),
    inReplyTo: z.array(z.string()),
    references: z.array(z.string()),
    text: z.string().nullable(),
    html: z.string().nullable(),
    attachments: z.array(attachmentSchema),
    verdicts: verdictsSchema,
    tags: z.array(z.string()),
    /** Why it came here: which rules were tried, on which values, and what they found. */
    trace: z.array(traceSchema),
  })
  .meta({ title: 'MailReceived' });
export type MailReceived = z.output<typeof mailReceivedSchema>;

/** Stands in the queue for a `MailReceived` that is too large for it. */
export const mailReceivedClaimSchema = z
  .strictObject({
    type: z.literal('mail.received.claim'),
    version: z.literal(1),
    eventId: z.string(),
    mailId: z.string(),
    /** The `MailReceived` event as JSON, in S3. */
    event: z.strictObject({
      bucket: z.string(),
      key: z.string(),
      bytes: z.int().min(1),
      /** Of the object's bytes, hexadecimal. */
      sha256: z.string(),
    }),
  })
  .meta({ title: 'MailReceivedClaim' });
export type MailReceivedClaim = z.output<typeof mailReceivedClaimSchema>;

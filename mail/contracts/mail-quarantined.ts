import * as z from 'zod';
import { arrivedMailSchema } from './arrived-mail.ts';
import { traceSchema } from './mail-received.ts';

/**
 * What the default queue is told of a mail in quarantine. Nothing in it was parsed but header
 * fields, cut: the mail may be what a parser cannot stand.
 */
export const mailQuarantinedSchema = z
  .strictObject({
    type: z.literal('mail.quarantined'),
    version: z.literal(1),
    /** One per arrival, set of recipients and what is said of them. */
    eventId: z.string(),
    /** The mail's content; null where it was not read. */
    mailId: z.string().nullable(),
    ...arrivedMailSchema.shape,
    /** For people, in one sentence. */
    reason: z.string(),
    /** `rule`, `unlisted-recipient`, `virus`, or what failed: see `docs/errors.md`. */
    code: z.string(),
    /** The From field as sent, not decoded; null when there is none or it could not be read. */
    from: z.string().nullable(),
    /** The Subject field as sent, not decoded. */
    subject: z.string().nullable(),
    /** The Message-ID field as sent. */
    messageId: z.string().nullable(),
    /** Why the rules sent it there; empty where no rule was tried. */
    trace: z.array(traceSchema),
  })
  .meta({ title: 'MailQuarantined' });
export type MailQuarantined = z.output<typeof mailQuarantinedSchema>;

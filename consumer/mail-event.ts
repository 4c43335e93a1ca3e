import * as z from 'zod';
import { mailQuarantinedSchema } from '../mail/contracts/mail-quarantined.ts';
import { mailReceivedClaimSchema, mailReceivedSchema } from '../mail/contracts/mail-received.ts';
import { mailboxEventSchema } from '../mail/contracts/mailbox-events.ts';
import { messageQuarantinedSchema } from '../mail/contracts/message-quarantined.ts';

export type { MailReceived } from '../mail/contracts/mail-received.ts';

/** Whatever Postroom puts into a queue of yours, claim checks opened. `type` tells them apart. */
export const mailEventSchema = z.discriminatedUnion('type', [
  mailReceivedSchema,
  mailQuarantinedSchema,
  messageQuarantinedSchema,
  mailboxEventSchema,
]);
export type MailEvent = z.output<typeof mailEventSchema>;

/** What stands in a queue: an event, or a claim check for one that is too large. */
export const mailMessageSchema = z.discriminatedUnion('type', [
  mailReceivedClaimSchema,
  ...mailEventSchema.options,
]);
export type MailMessage = z.output<typeof mailMessageSchema>;

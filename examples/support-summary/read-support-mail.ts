import * as z from 'zod';
import type { MailReceived } from '../../consumer/mail-event.ts';

/** What the summary keeps of a mail. */
export const supportMailSchema = z.object({
  /** An answer is what the mailbox's own address sent; nobody waits for an answer to an automatic one. */
  kind: z.enum(['question', 'answer', 'automatic']),
  /** When the mailbox had it, ISO 8601 in UTC. */
  at: z.iso.datetime(),
  /** Null where the mail has none: no answer can refer to it. */
  messageId: z.string().nullable(),
  /** The author's address, lower case; empty where the mail names none. */
  from: z.string(),
  subject: z.string(),
  /** Message-IDs that it refers to (RFC 5322 section 3.6.4). */
  refersTo: z.array(z.string()),
});
export type SupportMail = z.output<typeof supportMailSchema>;

/** LIMIT: references that are kept of a mail: its thread's first and last ones. */
const MAX_REFERENCES = 50;

/** RFC 3834 section 5, and what lists and newsletters say of themselves. */
const AUTOMATIC = new Map([
  ['auto-submitted', /^(?!no\b)\S/i],
  ['precedence', /^(bulk|junk|list)\b/i],
  ['list-id', /\S/],
]);

const isAutomatic = ({ headers }: MailReceived): boolean =>
  headers.some(({ name, value }) => AUTOMATIC.get(name.toLowerCase())?.test(value) === true);

function classifyMail(mail: MailReceived, from: string): SupportMail['kind'] {
  // Polled mail has one recipient: the mailbox's own address.
  const isOurs = mail.envelope.recipients.some((address) => address.toLowerCase() === from);
  if (isOurs) return 'answer';
  return isAutomatic(mail) ? 'automatic' : 'question';
}

/** Keeps the first of a thread and the newest: what stands between is answered by the same mail. */
function cutReferences(ids: readonly string[]): string[] {
  const unique = [...new Set(ids)];
  return unique.length <= MAX_REFERENCES
    ? unique
    : [...unique.slice(0, 1), ...unique.slice(1 - MAX_REFERENCES)];
}

/** Reads what the summary needs of an event. */
export function readSupportMail(mail: MailReceived): SupportMail {
  const from = mail.from[0]?.address.toLowerCase() ?? '';
  return {
    kind: classifyMail(mail, from),
    at: mail.arrival.receivedAt,
    messageId: mail.messageId,
    from,
    subject: mail.subject ?? '',
    refersTo: cutReferences([...mail.references, ...mail.inReplyTo]),
  };
}

import * as z from 'zod';

const common = {
  version: z.literal(1),
  /** One per occasion: told again after a failure, it has the same. */
  eventId: z.string(),
  /** The mailbox's name in the configuration. */
  mailbox: z.string(),
  address: z.string(),
} as const;

const time = z.iso.datetime().nullable();

/** The server refuses the mailbox's credential, or there is none: a person must do something. */
const reauthRequiredSchema = z.strictObject({
  type: z.literal('mailbox.reauth-required'),
  ...common,
  code: z.enum(['peer-authentication', 'credential-missing']),
  /** Null where it never worked. */
  lastSuccessAt: time,
});

/** The mailbox was not polled with success for as long as its freshness objective allows. */
const staleSchema = z.strictObject({
  type: z.literal('mailbox.stale'),
  ...common,
  freshnessMinutes: z.int().min(1),
  /** Null where it never was. */
  lastSuccessAt: time,
  /** What failed last; a code of `docs/errors.md`. Null where nothing is known to have failed. */
  code: z.string().nullable(),
});

/** The server has numbered the mails of a folder anew: those that were known were told apart. */
const resyncedSchema = z.strictObject({
  type: z.literal('mailbox.resynced'),
  ...common,
  folder: z.string(),
  /** Mails that came in before anything that is remembered: they count as handled. */
  passedOver: z.int().min(0),
  /** Mails that were handled before. */
  known: z.int().min(0),
  /** Mails that nothing was known of. */
  fetched: z.int().min(0),
});

/** A mail that is larger than the mailbox's limit: its body was not fetched. */
const oversizeSchema = z.strictObject({
  type: z.literal('mail.oversize'),
  ...common,
  folder: z.string(),
  /** Its id in the folder: UID or unique-id. */
  id: z.string(),
  /** What the server says. */
  bytes: z.int().min(0),
  maxMailBytes: z.int().min(1),
  /** When the server took it in; null where it does not say. */
  receivedAt: time,
  /** Its header fields, names as sent, values not decoded; null where it was skipped. */
  headers: z.array(z.strictObject({ name: z.string(), value: z.string() })).nullable(),
});

/** What the queue for quarantined mail is told of mailboxes. */
export const mailboxEventSchema = z
  .discriminatedUnion('type', [reauthRequiredSchema, staleSchema, resyncedSchema, oversizeSchema])
  .meta({ title: 'MailboxEvent' });
export type MailboxEvent = z.output<typeof mailboxEventSchema>;

import * as z from 'zod';
import { ruleSchema } from '../rules/rule-schema.ts';
import { MAX_MAILBOXES, MAX_RULES, SES_MAX_MAIL_BYTES } from './limits.ts';
import { limitMailbox, mailboxSchema } from './mailbox-schema.ts';
import { oneMember, strict } from './strict-schema.ts';

const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const LOCAL_PART = /^[^\s@<>"]{1,64}$/;

const domainName = z
  .string()
  .transform((name) => name.toLowerCase())
  .refine((name) => DOMAIN.test(name), {
    error: 'expected a domain name such as example.com (IDN in its xn-- form)',
  });

/** A domain whose mail SES takes in for us. */
const domainSchema = strict({
  /** The domain, without `@`: `example.com`. Subdomains are domains of their own. */
  domain: domainName,
  /** Local parts that exist there: `support` takes `support@…` and `support+tag@…`. */
  addresses: z
    .array(
      z
        .string()
        .regex(LOCAL_PART, { error: 'expected the part of an address before its @: support' })
        .transform((localPart) => localPart.toLowerCase()),
    )
    .min(1)
    .optional(),
  /** Take every address of the domain. @default false */
  catchAll: z.boolean().default(false),
  /** What happens to mail for an address that is not listed. @default 'quarantine' */
  unlisted: z.enum(['quarantine', 'drop']).default('quarantine'),
});

const receivingSchema = strict({
  /** Domains whose MX points at Amazon SES. */
  domains: z.array(domainSchema).min(1),
});

/** LIMIT: SQS names have 80 characters; `postroom-<environment>-`, `-dead` and `.fifo` take 44. */
const queueName = z.string().regex(/^[a-z][a-z0-9-]{0,35}$/, {
  error: 'expected 1 to 36 of a-z, 0-9 and -, a letter first',
});

const queueSchema = strict({
  /** `fifo` keeps the order within one sender's conversation and drops repeats for 5 minutes. @default 'standard' */
  type: z.enum(['standard', 'fifo']).default('standard'),
  /** Seconds a consumer has for one message before it comes back, 1 to 43,200. @default 300 */
  visibilityTimeoutSeconds: z.int().min(1).max(43_200).default(300),
  /** Receives before a message goes to the queue's dead-letter queue, 5 to 1,000. @default 10 */
  maxReceives: z.int().min(5).max(1000).default(10),
  /**
   * `delivery`: an event for each recipient that the mail reaches, even in several copies. `mail`:
   * one event a mail; a later copy to other recipients is recorded and not sent. @default 'delivery'
   */
  once: z.enum(['delivery', 'mail']).default('delivery'),
});

const retentionSchema = strict({
  /** Days that raw mail is kept, 29 to 3,650: longer than any queue may still speak of it. @default 90 */
  rawDays: z.int().min(1).max(3650).default(90),
  /** Days that log lines are kept. @default 30 */
  logDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 180, 365]).default(30),
  /** What becomes of mail, queues and logs when the stack is destroyed. @default 'keep' */
  whenDestroyed: z.enum(['keep', 'delete']).default('keep'),
});

const limitsSchema = strict({
  /** Largest mail taken, in bytes, 1,024 to 41,943,040 (what SES takes). @default 41943040 */
  mailBytes: z.int().min(1024).max(SES_MAX_MAIL_BYTES).default(SES_MAX_MAIL_BYTES),
  /** Largest event sent inline, in bytes, 1,024 to 61,440; above it a claim check is sent. @default 61440 */
  inlineEventBytes: z
    .int()
    .min(1024)
    .max(60 * 1024)
    .default(60 * 1024),
  /** parse-mail functions that may run at once, 2 to 1,000. @default 10 */
  parsers: z.int().min(2).max(1000).default(10),
  /** Mailboxes that may be polled at once, 2 to 1,000. @default 10 */
  pollers: z.int().min(2).max(1000).default(10),
});

const membersSchema = strict({
  /** Which copy of Postroom this is, 1 to 16 of a-z, 0-9 and -: `production`. Part of every name. */
  environment: z.string().regex(/^[a-z][a-z0-9-]{0,14}[a-z0-9]$|^[a-z]$/, {
    error: 'expected 1 to 16 of a-z, 0-9 and -, a letter first, no - last',
  }),
  receiving: receivingSchema,
  /** Mailboxes that are polled by IMAP or POP3. @default [] */
  mailboxes: z.array(mailboxSchema).max(MAX_MAILBOXES).default([]),
  /** Queues that consumers read, by name. */
  queues: z.record(queueName, queueSchema),
  /** Tried in order for each recipient; see `docs/rules.md`. @default [] */
  rules: z.array(ruleSchema).max(MAX_RULES).default([]),
  /** What happens to mail that no rule sent anywhere. */
  otherwise: oneMember({
    /** Hand it to this queue. */
    queue: z.string(),
    /** Put it into quarantine, for this reason. */
    quarantine: z.string().min(1),
    /** Keep the raw mail, send nothing, for this reason. */
    drop: z.string().min(1),
  }),
  /** What is told of mail in quarantine. */
  quarantine: strict({
    /** The queue that gets a `mail.quarantined` event. @default the queue of `otherwise` */
    queue: z.string().optional(),
  }).prefault({}),
  retention: retentionSchema.prefault({}),
  limits: limitsSchema.prefault({}),
});

/** Everything a team may write in `postroom.config.ts`; see `docs/configuration.md`. */
export const configurationSchema = membersSchema.transform((configuration) => ({
  ...configuration,
  mailboxes: configuration.mailboxes.map((mailbox) => limitMailbox(mailbox, configuration.limits)),
}));

/** A checked configuration: every default filled in. */
export type Configuration = z.output<typeof configurationSchema>;
/** What a team writes. */
export type ConfigurationInput = z.input<typeof configurationSchema>;
export type QueueConfiguration = Configuration['queues'][string];
export type DomainConfiguration = Configuration['receiving']['domains'][number];

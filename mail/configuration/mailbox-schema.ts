import * as z from 'zod';
import { SES_MAX_MAIL_BYTES } from './limits.ts';
import { PROVIDER_NAMES } from './providers.ts';
import { KEYWORD, searchSchema } from './search-schema.ts';
import { hintNearestName } from './nearest-name.ts';
import { oneMember, strict } from './strict-schema.ts';

const MIB = 1024 * 1024;

/** LIMIT: cursors of all folders stand in the mailbox's row. */
export const MAX_FOLDERS = 100;

/** The special uses of folders (RFC 6154, RFC 8457) that a folder may be named by. */
export const SPECIAL_USES = [
  '\\All',
  '\\Archive',
  '\\Drafts',
  '\\Flagged',
  '\\Important',
  '\\Junk',
  '\\Sent',
  '\\Trash',
] as const;

/** LIMIT: `imap-<name>-<40 hex>` is a part of keys in S3 and in the table. */
const mailboxName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,35}$/, {
  error: 'expected 1 to 36 of a-z, 0-9 and -, no - first',
});

const address = z.string().regex(/^[^\s@<>"]{1,64}@[^\s@<>"]{1,253}$/, {
  error: 'expected an address such as invoices@example.com',
});

/** Names of AWS Secrets Manager; locally a file's name, so that no part may lead out of its folder. */
const secretName = z
  .string()
  .max(256)
  .regex(/^(?!\.+(\/|$))[\w+=@.-]+(\/(?!\.+(\/|$))[\w+=@.-]+)*$/, {
    error: 'expected a name of AWS Secrets Manager such as postroom/mailboxes',
  });

// SECURITY: a line break in a folder's name would begin a command of its own.
const folderName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}]*$/u, { error: 'expected the name of a folder, without control characters' })
  .superRefine((name, context) => {
    if (!name.startsWith('\\') || SPECIAL_USES.some((use) => use === name)) return;
    context.addIssue({
      code: 'custom',
      message: `expected a special use (${SPECIAL_USES.join(', ')}), came "${name}"${hintNearestName(name, SPECIAL_USES)}`,
    });
  });

const serverSchema = strict({
  /** Its name or address: the certificate must be for it. */
  host: z
    .string()
    .regex(/^(?=.{1,253}$)[\w-]+(\.[\w-]+)*$|^[\da-fA-F:.]+$/, {
      error: 'expected the name or the address of a host',
    })
    .transform((host) => host.toLowerCase()),
  /** @default 993 and 995 with `implicit-tls`, else 143 and 110 */
  port: z.int().min(1).max(65_535).exactOptional(),
  /** TLS from the first byte, after STARTTLS or STLS, or none at all: that to loopback alone. */
  security: z.enum(['implicit-tls', 'starttls', 'none']),
  /** A file with PEM certificates that are trusted instead of the public ones, beside this file. */
  caFile: z.string().min(1).exactOptional(),
  /** The same as a text. Where a file is named, its content stands here once it was read. */
  ca: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----', { error: 'expected certificates in PEM form' })
    .exactOptional(),
});

const beginSchema = z.union(
  [
    z.enum(['now', 'everything']),
    strict({
      /** Mail that came in on this day or after it. */
      since: z.iso.date({ error: 'expected a day such as 2026-01-31' }),
    }),
  ],
  { error: 'expected "now", "everything" or { since: "2026-01-31" }' },
);

const SYSTEM_FLAGS = ['\\Flagged', '\\Answered', '\\Draft'] as const;

const afterwardsSchema = z.union(
  [
    z.enum(['leave', 'mark-seen', 'delete']),
    oneMember({
      /** Set this flag or keyword: `\\Flagged`, `Processed`. */
      flag: z
        .string()
        .refine((flag) => KEYWORD.test(flag) || SYSTEM_FLAGS.some((known) => known === flag), {
          error: `expected a keyword such as Processed, or ${SYSTEM_FLAGS.join(', ')}; "mark-seen" and "delete" do the others`,
        }),
      /** Move it to this folder, which is created when it is missing. */
      move: folderName,
      /** POP3: delete it when it was seen there first so many days ago. */
      deleteAfterDays: z.int().min(1).max(3650),
    }),
  ],
  {
    error:
      'expected "leave", "mark-seen", "delete", { flag: "…" }, { move: "…" } or { deleteAfterDays: 30 }',
  },
);

const members = strict({
  /** Says which mailbox it is, in events, rules, logs and keys. Unique. */
  name: mailboxName,
  /** Whose mail it is: the one recipient of what is polled here. */
  address,
  /** One of the providers that Postroom knows; see `docs/providers`. Else `server`. */
  provider: z.enum(PROVIDER_NAMES).exactOptional(),
  /** Where the mailbox is, when no provider is named. */
  server: serverSchema.exactOptional(),
  /** @default 'imap' */
  protocol: z.enum(['imap', 'pop3']).default('imap'),
  /** Who logs in. @default the address */
  user: z.string().min(1).max(320).exactOptional(),
  /** The secret that has the password; one may serve many mailboxes. */
  secret: secretName,
  /**
   * Names of folders, special uses such as `\\Junk`, or names with `*` (any run of characters) or
   * `%` (the same within one level). @default ['INBOX']
   */
  folders: z.array(folderName).min(1).max(MAX_FOLDERS).default(['INBOX']),
  /** Poll only what the server finds by this. @default everything */
  search: searchSchema.exactOptional(),
  /** Which mail of a folder is taken when it is polled for the first time. @default 'now' */
  begin: beginSchema.default('now'),
  /** What happens to a mail in its mailbox once it is safe with us. @default 'leave' */
  afterwards: afterwardsSchema.default('leave'),
  /** Minutes from one poll to the next, 1 to 1,440. @default 5 */
  intervalMinutes: z.int().min(1).max(1440).default(5),
  /** Where one poll stops; the next goes on from there. */
  perPoll: strict({
    /** Mails, 1 to 10,000. @default 500 */
    messages: z.int().min(1).max(10_000).default(500),
    /** Bytes, 1 MiB to 10 GiB. @default 209715200 */
    bytes: z
      .int()
      .min(MIB)
      .max(10 * 1024 * MIB)
      .default(200 * MIB),
  }).prefault({}),
  /** Largest mail that is fetched whole, in bytes. @default limits.mailBytes */
  maxMailBytes: z.int().min(1024).max(SES_MAX_MAIL_BYTES).exactOptional(),
  /**
   * What becomes of larger mail: its header comes in with an event that says so, or it is counted
   * and passed over. Neither is changed or deleted in its mailbox. @default 'headers-only'
   */
  oversize: z.enum(['headers-only', 'skip']).default('headers-only'),
  /** Fetch headers first, and the rest only of mail that a rule wants. @default false */
  headersFirst: z.boolean().default(false),
  /**
   * Minutes without a successful poll after which the mailbox is called stale, up to 43,200.
   * @default three intervals, 60 at the least
   */
  freshnessMinutes: z.int().min(1).max(43_200).exactOptional(),
});

type Written = z.input<typeof members>;
type Read = z.output<typeof members>;

/** At a provider that Postroom knows, or on a server that is described: never both. */
type Whereabouts<Side extends Written | Read> =
  | { readonly provider: NonNullable<Side['provider']>; readonly server?: never }
  | { readonly server: NonNullable<Side['server']>; readonly provider?: never };

type MailboxInput = Omit<Written, 'provider' | 'server'> & Whereabouts<Written>;
type ReadMailbox = Omit<Read, 'provider' | 'server'> & Whereabouts<Read>;

const oneWhereabouts = members.superRefine(({ provider, server }, context) => {
  if ((provider === undefined) !== (server === undefined)) return;
  context.addIssue({
    code: 'custom',
    message: `expected provider or server, came ${provider === undefined ? 'neither' : 'both'}`,
  });
  // Exactly one of them is there: the refinement above is what the union type says.
}) as unknown as z.ZodType<ReadMailbox, MailboxInput>;

/** A mailbox that is polled. */
export const mailboxSchema = oneWhereabouts.transform((mailbox) => ({
  ...mailbox,
  user: mailbox.user ?? mailbox.address,
  freshnessMinutes: mailbox.freshnessMinutes ?? Math.max(60, 3 * mailbox.intervalMinutes),
}));

type CheckedMailbox = z.output<typeof mailboxSchema>;

/** A checked mailbox: every default filled in. */
export type MailboxConfiguration = CheckedMailbox & { readonly maxMailBytes: number };

/** Fills in the default that stands elsewhere in the configuration. */
export const limitMailbox = (
  mailbox: CheckedMailbox,
  { mailBytes }: { readonly mailBytes: number },
): MailboxConfiguration => ({ ...mailbox, maxMailBytes: mailbox.maxMailBytes ?? mailBytes });

import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { ConfigurationError } from '../../mail/errors.ts';
import { createSampleConfiguration } from './sample-configuration.ts';

type MailboxInput = NonNullable<ConfigurationInput['mailboxes']>[number];

/** A mailbox at Gmail, with nothing written that need not be. */
export const SAMPLE_MAILBOX = {
  name: 'vendor',
  address: 'Invoices@Example.com',
  provider: 'gmail',
  secret: 'postroom/mailboxes',
} as const satisfies MailboxInput;

/** The same on a server of one's own. */
export const SAMPLE_SERVER_MAILBOX = {
  name: 'vendor',
  address: 'invoices@example.com',
  server: { host: 'Mail.Example.com', security: 'implicit-tls' },
  secret: 'postroom/mailboxes',
} as const satisfies MailboxInput;

/** Checked mailboxes, as they stand in a checked configuration. */
export const createMailboxes = (
  ...mailboxes: readonly MailboxInput[]
): readonly MailboxConfiguration[] =>
  parseConfiguration(createSampleConfiguration({ mailboxes: [...mailboxes] })).mailboxes;

/** One checked mailbox: a sample with changes. */
export function createMailbox(
  changes: Partial<MailboxInput> = {},
  sample: MailboxInput = SAMPLE_MAILBOX,
): MailboxConfiguration {
  // The sample says where it is; changes of that are for samples without.
  const [mailbox] = createMailboxes({ ...sample, ...changes } as MailboxInput);
  if (mailbox === undefined) throw new Error('one mailbox goes in and none comes out');
  return mailbox;
}

/** The lines that are said of mailboxes, whatever they are; none when nothing is wrong. */
export function readMailboxFaults(...mailboxes: readonly unknown[]): readonly string[] {
  try {
    parseConfiguration({ ...createSampleConfiguration(), mailboxes });
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

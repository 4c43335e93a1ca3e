import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import type { ServerSecurity } from '../../mail/ports/mailbox-ports.ts';
import type { DovecotMailbox } from '../support/dovecot/dovecot-mailbox.ts';
import { CONFIGURATION, createFolder, writeConfiguration } from '../local/fixture.ts';

type MailboxInput = NonNullable<ConfigurationInput['mailboxes']>[number];

/** A mailbox of a configuration on this machine. */
export interface MailboxFolderOptions extends Partial<
  Pick<MailboxInput, 'protocol' | 'folders' | 'begin' | 'afterwards' | 'intervalMinutes'>
> {
  readonly port: number;
  /** Whose password is written into the secret. @default nobody's */
  readonly mailbox?: Pick<DovecotMailbox, 'credential'>;
  /** @default 'none' */
  readonly security?: ServerSecurity;
}

/** The name of the secret, and of its file below `.postroom/secrets/`. */
export const SECRET = 'mailboxes';

/** The mailbox `vendor` of the configuration that {@link writeMailboxFolder} writes. */
export const createVendor = ({
  port,
  mailbox: _,
  security = 'none',
  ...changes
}: MailboxFolderOptions): MailboxInput => ({
  name: 'vendor',
  address: 'vendor@elsewhere.example',
  server: { host: '127.0.0.1', port, security },
  secret: SECRET,
  ...changes,
});

/** Writes a password as the local run and the command line read it. */
export function writeSecret(
  folder: string,
  { user, password }: DovecotMailbox['credential'] = {
    kind: 'password',
    user: 'nobody',
    password: 'none',
  },
): void {
  mkdirSync(join(folder, '.postroom/secrets'), { recursive: true });
  const file = join(folder, `.postroom/secrets/${SECRET}.json`);
  writeFileSync(file, JSON.stringify({ user, password }), { mode: 0o600 });
}

/** A folder with a configuration that has the mailbox `vendor`, and its password. */
export function writeMailboxFolder(options: MailboxFolderOptions): string {
  const folder = createFolder();
  writeConfiguration(folder, { ...CONFIGURATION, mailboxes: [createVendor(options)] });
  writeSecret(folder, options.mailbox?.credential);
  return folder;
}

/** Everything that may be said to a mailbox that is only looked at. */
const READING =
  /^(?:\S+ )?(?:CAPABILITY|ID|LOGIN|AUTHENTICATE|NAMESPACE|ENABLE|COMPRESS|LIST|LSUB|EXAMINE|STATUS|(?:UID )?SEARCH|NOOP|LOGOUT|CAPA|STLS|USER|PASS|AUTH|STAT|UIDL|TOP|RETR|QUIT)\b/i;
const PEEKING = /^\S+ (?:UID )?FETCH (?!.*(?:BODY\[|RFC822(?:\.TEXT)?[ )]))/i;

/** What follows AUTHENTICATE or AUTH on a line of its own. */
const BASE64 = /^[A-Za-z0-9+/=]+$/;

/** Lines that a client sent which could change a mailbox: the list is of what cannot. */
export const findUnwanted = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => ![READING, PEEKING, BASE64, /^$/].some((known) => known.test(line)));

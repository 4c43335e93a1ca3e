import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { hintNearestName } from '../../mail/configuration/nearest-name.ts';
import { CommandError } from '../command-error.ts';

/**
 * The mailbox of this name.
 *
 * @param command Its name, for the message.
 * @throws {CommandError} When the configuration has none.
 */
export function chooseMailbox(
  command: string,
  { mailboxes }: Configuration,
  wanted: string,
): MailboxConfiguration {
  const found = mailboxes.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const names = mailboxes.map(({ name }) => name);
  const expected =
    names.length === 0
      ? 'expected a mailbox, and postroom.config.ts has none under mailboxes'
      : `expected one of ${names.join(', ')}`;
  throw new CommandError(
    `${command}: ${expected}, came "${wanted}"${hintNearestName(wanted, names)}`,
    { exitStatus: 2 },
  );
}

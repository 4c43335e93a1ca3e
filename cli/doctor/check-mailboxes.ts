import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { PROVIDERS } from '../../mail/configuration/providers.ts';
import { MailboxError } from '../../mail/errors.ts';
import type { CredentialReader } from '../../mail/ports/mailbox-ports.ts';
import { type Finding, findRight, findWrong } from './finding.ts';

/** LIMIT: faults that are shown; a secret that is missing may be missed by hundreds of mailboxes. */
const MAX_FAULTS = 10;

async function findFault(
  { name, provider }: MailboxConfiguration,
  credentials: CredentialReader,
): Promise<string | undefined> {
  if (provider !== undefined && PROVIDERS[provider].credential.password === 'none') {
    return `${name}: ${PROVIDERS[provider].title} takes no password, only OAuth 2.0, which Postroom does not speak yet`;
  }
  try {
    await credentials.readCredential(name, false);
    return undefined;
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error;
    return `${name}: ${error.message}`;
  }
}

/** Whether each mailbox that is polled has a password to log in with. Logs in nowhere. */
export async function checkMailboxes(
  { mailboxes }: Configuration,
  credentials: CredentialReader,
): Promise<readonly Finding[]> {
  if (mailboxes.length === 0) return [];
  const faults: string[] = [];
  for (const mailbox of mailboxes) {
    const fault = await findFault(mailbox, credentials);
    if (fault !== undefined) faults.push(fault);
    if (faults.length === MAX_FAULTS) break;
  }
  if (faults.length > 0) return faults.map((fault) => findWrong('mailboxes', fault));
  const count = `${mailboxes.length} ${mailboxes.length === 1 ? 'mailbox has its' : 'mailboxes have their'}`;
  return [findRight('mailboxes', `${count} password`)];
}

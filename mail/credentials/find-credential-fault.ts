import type { MailboxConfiguration } from '../configuration/mailbox-schema.ts';
import { PROVIDERS } from '../configuration/providers.ts';
import { MailboxError } from '../errors.ts';
import type { CredentialReader } from '../ports/mailbox-ports.ts';

/**
 * What keeps a mailbox from being logged in to, as far as that can be known here: a sentence without
 * the mailbox's name. Undefined when it has a password.
 *
 * @throws {PeerUnavailableError} When the store of secrets does not answer.
 */
export async function findCredentialFault(
  { name, provider }: Pick<MailboxConfiguration, 'name' | 'provider'>,
  credentials: CredentialReader,
): Promise<string | undefined> {
  if (provider !== undefined && PROVIDERS[provider].credential.password === 'none') {
    return `${PROVIDERS[provider].title} takes no password, only OAuth 2.0, which Postroom does not speak yet`;
  }
  try {
    await credentials.readCredential(name, false);
    return undefined;
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error;
    return error.message;
  }
}

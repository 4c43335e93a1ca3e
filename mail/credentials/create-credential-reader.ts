import { MailboxError } from '../errors.ts';
import type { CredentialReader, MailboxCredential } from '../ports/mailbox-ports.ts';
import type { SecretReader } from '../ports/secret-port.ts';
import {
  createMissingCredential,
  type CredentialOwner,
  parseMailboxSecret,
} from './parse-mailbox-secret.ts';

/**
 * A {@link CredentialReader} that keeps secrets in the process: one secret may serve hundreds of
 * mailboxes, and each read of it is billed. A secret that lacks a mailbox's credential is read anew.
 */
export function createCredentialReader(
  owners: readonly CredentialOwner[],
  secrets: SecretReader,
): CredentialReader {
  const byName = new Map(owners.map((owner) => [owner.name, owner]));
  const bySecret = Map.groupBy(owners, ({ secret }) => secret);
  const known = new Map<string, string>();

  const parse = (owner: CredentialOwner, text: string): MailboxCredential =>
    parseMailboxSecret(owner, {
      text,
      place: secrets.describePlace(owner.secret),
      isShared: (bySecret.get(owner.secret) ?? []).length > 1,
    });

  async function readAnew(owner: CredentialOwner): Promise<MailboxCredential> {
    const text = await secrets.readSecret(owner.secret);
    if (text === undefined) {
      throw createMissingCredential(owner, `${secrets.describePlace(owner.secret)} is not there`);
    }
    known.set(owner.secret, text);
    return parse(owner, text);
  }

  return {
    async readCredential(mailbox, isFresh) {
      const owner = byName.get(mailbox);
      if (owner === undefined) {
        throw new MailboxError('credential-missing', `no mailbox ${mailbox} is configured`);
      }
      const text = isFresh ? undefined : known.get(owner.secret);
      if (text === undefined) return readAnew(owner);
      try {
        return parse(owner, text);
      } catch (error) {
        if (!(error instanceof MailboxError)) throw error;
        return readAnew(owner);
      }
    },
  };
}

import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { findCredentialFault } from '../../mail/credentials/find-credential-fault.ts';
import type { CredentialReader } from '../../mail/ports/mailbox-ports.ts';
import { type Finding, findRight, findWrong } from './finding.ts';

/** LIMIT: faults that are shown; a secret that is missing may be missed by hundreds of mailboxes. */
const MAX_FAULTS = 10;

/** Whether each mailbox that is polled has a password to log in with. Logs in nowhere. */
export async function checkMailboxes(
  { mailboxes }: Configuration,
  credentials: CredentialReader,
): Promise<readonly Finding[]> {
  if (mailboxes.length === 0) return [];
  const faults: string[] = [];
  for (const mailbox of mailboxes) {
    const fault = await findCredentialFault(mailbox, credentials);
    if (fault !== undefined) faults.push(`${mailbox.name}: ${fault}`);
    if (faults.length === MAX_FAULTS) break;
  }
  if (faults.length > 0) return faults.map((fault) => findWrong('mailboxes', fault));
  const count = `${mailboxes.length} ${mailboxes.length === 1 ? 'mailbox has its' : 'mailboxes have their'}`;
  return [findRight('mailboxes', `${count} password`)];
}

import { findMissingCapability } from '../../lambdas/poll-mailbox/find-missing-capability.ts';
import { readWantedChange } from '../../lambdas/poll-mailbox/poll-run.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { MailboxError, PeerProtocolError, PeerUnavailableError } from '../../mail/errors.ts';
import type { MailboxSession } from '../../mail/ports/mailbox-ports.ts';
import { type Finding, findRight, findUnknown, findWrong } from '../doctor/finding.ts';
import { explainMailboxFault } from '../../local/mailboxes/explain-fault.ts';

/** Whether the server can do with a mail what the configuration wants. */
function examineChange(
  { capabilities }: MailboxSession,
  mailbox: MailboxConfiguration,
): readonly Finding[] {
  const change = readWantedChange(mailbox);
  if (change === undefined) return [];
  const missing = findMissingCapability(mailbox.protocol, capabilities, change);
  if (missing === undefined) return [findRight('afterwards', `the server can ${change.kind}`)];
  const fault = { code: 'mailbox-unsuitable', fields: { missing } };
  return [findWrong('afterwards', explainMailboxFault(fault, mailbox))];
}

/** An old server does not say what it can: that is nothing to complain of. */
function examinePop3(
  { capabilities }: MailboxSession,
  { headersFirst, protocol }: MailboxConfiguration,
): readonly Finding[] {
  if (protocol !== 'pop3') return [];
  if (capabilities.size === 0) {
    return [findUnknown('capabilities', 'the server does not say what it can (no CAPA)')];
  }
  const findings: Finding[] = [];
  if (!capabilities.has('UIDL') && !capabilities.has('TOP')) {
    findings.push(
      findWrong(
        'unique ids',
        'the server has neither UIDL nor TOP, so its mails cannot be told apart; poll it by IMAP',
      ),
    );
  } else if (!capabilities.has('UIDL')) {
    findings.push(
      findUnknown(
        'unique ids',
        'the server offers no UIDL, so each poll reads the header of every mail to tell them apart; keep the mailbox small by afterwards "delete"',
      ),
    );
  }
  if (headersFirst && !capabilities.has('TOP')) {
    findings.push(
      findWrong('headersFirst', 'the server has no TOP to read headers by; leave headersFirst out'),
    );
  }
  return findings;
}

/** Whether the server takes the search; asked of one UID only, so that nothing is listed. */
async function examineSearch(
  session: MailboxSession,
  { search }: MailboxConfiguration,
  folder: string | undefined,
): Promise<readonly Finding[]> {
  if (search === undefined || folder === undefined) return [];
  try {
    const { mails } = await session.openFolder(folder);
    if (mails === 0 && search.gmailRaw === undefined) {
      return [findUnknown('search', `not tried, as ${folder} is empty`)];
    }
    const selection = { kind: 'search', criteria: search, firstUid: 1, lastUid: 1 } as const;
    await session.listMails(selection)[Symbol.asyncIterator]().next();
    return [findRight('search', 'the server takes the search')];
  } catch (error) {
    if (error instanceof MailboxError) {
      return [findWrong('search', `${error.message}; leave it out, or search by other criteria`)];
    }
    const isRefused = error instanceof PeerProtocolError || error instanceof PeerUnavailableError;
    if (!isRefused || error.fields['status'] === undefined) throw error;
    const said = `the server refuses the search (${String(error.fields['status'])})`;
    return [findWrong('search', `${said}; search by fewer or other criteria`)];
  }
}

/**
 * Compares what a server can with what the configuration asks of it.
 *
 * @param folder One that is there and polled, in which the search is tried.
 * @throws {PeerUnavailableError | PeerProtocolError}
 */
export const examineAbilities = async (
  session: MailboxSession,
  mailbox: MailboxConfiguration,
  folder: string | undefined,
): Promise<readonly Finding[]> => [
  ...examineChange(session, mailbox),
  ...examinePop3(session, mailbox),
  ...(await examineSearch(session, mailbox, folder)),
];

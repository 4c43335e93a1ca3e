import { resolveMailboxServer } from '../../mail/configuration/resolve-mailbox-server.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { findCredentialFault } from '../../mail/credentials/find-credential-fault.ts';
import { MailboxError, PostroomError } from '../../mail/errors.ts';
import { MAX_BUFFERED_BYTES } from '../../mail/polling/poll-limits.ts';
import type {
  CredentialReader,
  MailboxOpener,
  MailboxSession,
} from '../../mail/ports/mailbox-ports.ts';
import { type Finding, findRight, findWrong } from '../doctor/finding.ts';
import { examineAbilities } from './examine-abilities.ts';
import { type ExaminedFolder, examineFolders } from './examine-folders.ts';
import { explainMailboxFault } from '../../local/mailboxes/explain-fault.ts';

/** What examining a mailbox needs of the world. */
export interface MailboxExamination {
  readonly credentials: CredentialReader;
  readonly openSession: MailboxOpener;
  /** Ends the session when it fires. */
  readonly signal: AbortSignal;
}

/** What a mailbox and its server are like. */
export interface ExaminedMailbox {
  readonly mailbox: string;
  /** `imap.gmail.com:993, IMAP, implicit-tls` */
  readonly server: string;
  /** In alphabetical order; empty where nobody got in. */
  readonly capabilities: readonly string[];
  readonly folders: readonly ExaminedFolder[];
  readonly findings: readonly Finding[];
}

type Examined = Pick<ExaminedMailbox, 'capabilities' | 'folders' | 'findings'>;

const createFailed = (check: string, fault: string): Examined => ({
  capabilities: [],
  folders: [],
  findings: [findWrong(check, fault)],
});

/** One sentence about an error; one that is not ours is thrown on. */
function explainError(error: unknown, mailbox: MailboxConfiguration): string {
  if (!(error instanceof PostroomError)) throw error;
  const isTold = error instanceof MailboxError || error.code === 'limit-exceeded';
  return isTold ? error.message : explainMailboxFault(error, mailbox);
}

async function examineSession(
  session: MailboxSession,
  mailbox: MailboxConfiguration,
  user: string,
): Promise<Examined> {
  const capabilities = [...session.capabilities].toSorted();
  const findings: Finding[] = [findRight('login', `${user} is let in`)];
  let folders: readonly ExaminedFolder[] = [];
  try {
    const examined = await examineFolders(session, mailbox);
    folders = examined.folders;
    findings.push(...examined.findings);
    const polled = folders.find(({ isPolled, mails }) => isPolled && mails !== null);
    findings.push(...(await examineAbilities(session, mailbox, polled?.path)));
    await session.close();
  } catch (error) {
    findings.push(findWrong('session', explainError(error, mailbox)));
  } finally {
    session.abort();
  }
  return { capabilities, folders, findings };
}

async function examine(
  mailbox: MailboxConfiguration,
  { credentials, openSession, signal }: MailboxExamination,
): Promise<Examined> {
  const fault = await findCredentialFault(mailbox, credentials);
  if (fault !== undefined) return createFailed('password', fault);
  const credential = await credentials.readCredential(mailbox.name, false);
  try {
    const session = await openSession({
      server: resolveMailboxServer(mailbox),
      credential,
      isReadOnly: true,
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      signal,
    });
    return await examineSession(session, mailbox, credential.user);
  } catch (error) {
    return createFailed('login', explainError(error, mailbox));
  }
}

/**
 * Logs in to a mailbox, read-only, and finds what of its configuration cannot work there. Reads no
 * mail and changes nothing.
 *
 * @throws {PeerUnavailableError} When the store of secrets does not answer.
 */
export async function examineMailbox(
  mailbox: MailboxConfiguration,
  examination: MailboxExamination,
): Promise<ExaminedMailbox> {
  const { protocol, host, port, security } = resolveMailboxServer(mailbox);
  return {
    mailbox: mailbox.name,
    server: `${host}:${port}, ${protocol.toUpperCase()}, ${security}`,
    ...(await examine(mailbox, examination)),
  };
}

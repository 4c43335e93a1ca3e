import type { MailboxObject } from 'imapflow';
import { MailboxError } from '../../mail/errors.ts';
import type { OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { hasControlCharacters } from './has-control-characters.ts';
import type { ImapConnection } from './imap-connection.ts';

const createMissingError = (): MailboxError =>
  new MailboxError('folder-missing', 'the mailbox has no folder of this name');

const isMissing = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'mailboxMissing') === true;

/**
 * Makes imapflow believe that it has listed the folder: else each one costs a LIST and an LSUB before
 * its SELECT. Where imapflow keeps them is not in its types; without it the two are sent.
 */
function skipListing({ client }: ImapConnection, path: string): void {
  const listed: unknown = Reflect.get(client, 'folders');
  if (!(listed instanceof Map)) return;
  for (const name of [path, `${client.namespace?.prefix ?? ''}${path}`]) listed.set(name, { path });
}

async function selectFolder(connection: ImapConnection, path: string) {
  const { client, ask, isReadOnly } = connection;
  skipListing(connection, path);
  try {
    return await ask(() => client.mailboxOpen(path, { readOnly: isReadOnly }));
  } catch (error) {
    throw isMissing(error) ? createMissingError() : error;
  }
}

/** UIDNEXT, which a server may leave out (RFC 3501 section 7.1); then it is asked for the last mail. */
async function findNextUid(connection: ImapConnection, folder: MailboxObject): Promise<number> {
  // The type promises what servers do not.
  const uidNext: unknown = folder.uidNext;
  if (typeof uidNext === 'number') return uidNext;
  const last = await connection.ask(() => connection.client.fetchOne('*', { uid: true }));
  return last === false ? 1 : last.uid + 1;
}

/** Opens a folder, by EXAMINE when the session is read-only. */
export async function openFolder(connection: ImapConnection, path: string): Promise<OpenedFolder> {
  if (hasControlCharacters(path)) throw createMissingError();
  const folder = await selectFolder(connection, path);
  const uidValidity: unknown = folder.uidValidity;
  if (typeof uidValidity !== 'bigint') {
    throw new MailboxError(
      'mailbox-unsuitable',
      'the server keeps no UIDs in this folder: no mail of it could be told from the one before',
    );
  }
  return {
    path,
    generation: String(uidValidity),
    mails: folder.exists,
    bytes: undefined,
    nextUid: await findNextUid(connection, folder),
  };
}

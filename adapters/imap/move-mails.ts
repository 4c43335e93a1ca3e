import { MailboxError } from '../../mail/errors.ts';
import { classifyRefusal } from './classify-failure.ts';
import { hasControlCharacters } from './has-control-characters.ts';
import type { ImapConnection } from './imap-connection.ts';

const createUnsuitableError = (message: string): MailboxError =>
  new MailboxError('mailbox-unsuitable', message);

/** imapflow moves by MOVE (RFC 6851), and without it by COPY and, with UIDPLUS, UID EXPUNGE. */
const move = async (
  { client, ask }: ImapConnection,
  uids: string,
  folder: string,
): Promise<boolean> => {
  const result = await ask(() => client.messageMove(uids, folder, { uid: true }));
  return result !== false;
};

async function createMissingFolder(
  { client, ask, lastRefusal }: ImapConnection,
  folder: string,
): Promise<void> {
  const refusal = lastRefusal();
  const folders = refusal.code === 'TRYCREATE' ? [] : await ask(() => client.list());
  if (folders.some(({ path }) => path === folder)) throw classifyRefusal(refusal);
  await ask(() => client.mailboxCreate(folder));
}

/**
 * Moves mails by UID to a folder that is created when it is missing.
 *
 * @throws {MailboxError} `mailbox-unsuitable` when the server has neither MOVE nor UIDPLUS, or the
 *   folder can have no such name.
 */
export async function moveMails(
  connection: ImapConnection,
  uids: string,
  folder: string,
): Promise<void> {
  const { capabilities } = connection.client;
  if (hasControlCharacters(folder)) throw createUnsuitableError('no folder can have this name');
  if (!capabilities.has('MOVE') && !capabilities.has('UIDPLUS')) {
    throw createUnsuitableError(
      'the server cannot move single mails: it has neither MOVE nor UIDPLUS',
    );
  }
  if (await move(connection, uids, folder)) return;
  await createMissingFolder(connection, folder);
  if (!(await move(connection, uids, folder))) throw classifyRefusal(connection.lastRefusal());
}

import { MailboxError } from '../../mail/errors.ts';
import type { ListedMail, MailboxChange } from '../../mail/ports/mailbox-ports.ts';
import type { ImapConnection } from './imap-connection.ts';
import { moveMails } from './move-mails.ts';
import { parseUid } from './parse-uid.ts';
import { planUidSets } from './plan-uid-sets.ts';

// RFC 3501 section 9, flag: an atom, with a backslash where the protocol itself has named it.
const FLAG = /^\\?[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/;

const createUnsuitableError = (message: string): MailboxError =>
  new MailboxError('mailbox-unsuitable', message);

/** Whether single mails can be expunged (RFC 4315): EXPUNGE alone takes a stranger's mail with it. */
const canExpungeByUid = ({ client: { capabilities } }: ImapConnection): boolean =>
  capabilities.has('UIDPLUS');

async function addFlag(connection: ImapConnection, uids: string, flag: string): Promise<void> {
  // SECURITY: anything else could end the command.
  if (!FLAG.test(flag)) throw createUnsuitableError('no mail can have a flag of this name');
  const { client, demand } = connection;
  const permanent = client.mailbox === false ? undefined : client.mailbox.permanentFlags;
  // imapflow leaves a flag away that the folder does not keep, and says nothing.
  if (permanent !== undefined && !permanent.has('\\*') && !permanent.has(flag)) {
    throw createUnsuitableError('the folder keeps no such flag');
  }
  await demand(() => client.messageFlagsAdd(uids, [flag], { uid: true, silent: true }));
}

async function deleteMails(connection: ImapConnection, uids: string): Promise<void> {
  const { client, demand } = connection;
  // QUIRK(gmail): expunging a mail takes a label away and leaves it in All Mail; Trash deletes it.
  if (client.capabilities.has('X-GM-EXT-1')) {
    await moveToTrash(connection, uids);
    return;
  }
  if (!canExpungeByUid(connection)) {
    throw createUnsuitableError('the server cannot delete single mails: it has no UIDPLUS');
  }
  await demand(() => client.messageDelete(uids, { uid: true }));
}

async function moveToTrash(connection: ImapConnection, uids: string): Promise<void> {
  const folders = await connection.ask(() => connection.client.list());
  const trash = folders.find(({ specialUse }) => specialUse === '\\Trash');
  if (trash === undefined)
    throw createUnsuitableError('the server shows no folder for deleted mail');
  await moveMails(connection, uids, trash.path);
}

async function applyChange(
  connection: ImapConnection,
  uids: string,
  change: MailboxChange,
): Promise<void> {
  switch (change.kind) {
    case 'mark-seen':
      await addFlag(connection, uids, '\\Seen');
      break;
    case 'flag':
      await addFlag(connection, uids, change.flag);
      break;
    case 'move':
      await moveMails(connection, uids, change.folder);
      break;
    case 'delete':
      await deleteMails(connection, uids);
      break;
  }
}

/**
 * Changes mails by UID, and no other mail: never by EXPUNGE or CLOSE, which expunge whatever anybody
 * has marked as deleted.
 *
 * @throws {MailboxError} `mailbox-read-only` or `mailbox-unsuitable`, before anything is sent.
 */
export async function changeMails(
  connection: ImapConnection,
  mails: readonly ListedMail[],
  change: MailboxChange,
): Promise<void> {
  if (connection.isReadOnly) {
    throw new MailboxError('mailbox-read-only', 'the mailbox was opened to look only');
  }
  for (const { text } of planUidSets(mails.map(parseUid), connection.limits)) {
    await applyChange(connection, text, change);
  }
}

import type { ListResponse } from 'imapflow';
import type { MailboxFolder } from '../../mail/ports/mailbox-ports.ts';
import type { ImapConnection } from './imap-connection.ts';

// A folder that only holds others, or is gone and still subscribed (RFC 5258 section 3).
const UNUSABLE_FLAGS: readonly string[] = ['\\noselect', '\\nonexistent'];

const isUsable = ({ flags }: ListResponse): boolean =>
  ![...flags].some((flag) => UNUSABLE_FLAGS.includes(flag.toLowerCase()));

/** imapflow has a special use of its own for INBOX, which is no special use (RFC 6154 section 2). */
const readSpecialUse = ({ specialUse }: ListResponse): string | undefined =>
  specialUse === '\\Inbox' ? undefined : specialUse;

/** Lists the folders that can be opened. */
export async function listFolders(connection: ImapConnection): Promise<readonly MailboxFolder[]> {
  const folders = await connection.ask(() => connection.client.list());
  return folders.filter(isUsable).map((folder) => ({
    path: folder.path,
    specialUse: readSpecialUse(folder),
    // NIL where there is no hierarchy, whatever the type says.
    delimiter: folder.delimiter || undefined,
  }));
}

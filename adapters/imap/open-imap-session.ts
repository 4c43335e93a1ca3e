import type {
  MailboxOpener,
  MailboxSession,
  SessionOptions,
} from '../../mail/ports/mailbox-ports.ts';
import { MailboxError } from '../../mail/errors.ts';
import { isLoopback } from '../../mail/configuration/is-loopback.ts';
import { changeMails } from './change-mails.ts';
import { classifyFailure } from './classify-failure.ts';
import { type ImapConnection, openConnection } from './imap-connection.ts';
import { IMAP_LIMITS, type ImapLimits } from './limits.ts';
import { listFolders } from './list-folders.ts';
import { listMails } from './list-mails.ts';
import { openFolder } from './open-folder.ts';
import { readHeaders } from './read-headers.ts';
import { readMails } from './read-mails.ts';

/** The border: whatever fails behind it is an error of ours in front of it. */
async function translate<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw classifyFailure(error);
  }
}

/** The same for what comes one by one. Not a generator, which would be one step more for each. */
const translateEach = <Item>(
  items: AsyncGenerator<Item, void, undefined>,
): AsyncIterable<Item, void, undefined> => ({
  [Symbol.asyncIterator]: () => ({
    next: () => translate(items.next()),
    return: () => translate(items.return()),
  }),
});

const createSession = (
  connection: ImapConnection,
  { maxBufferedBytes }: SessionOptions,
): MailboxSession => ({
  capabilities: new Set(
    [...connection.client.capabilities.keys()].map((name) => name.toUpperCase()),
  ),
  listFolders: () => translate(listFolders(connection)),
  openFolder: (path) => translate(openFolder(connection, path)),
  listMails: (selection) => translateEach(listMails(connection, selection)),
  readHeaders: (mails, fields) => translateEach(readHeaders(connection, mails, fields)),
  readMails: (mails) => translateEach(readMails(connection, mails, maxBufferedBytes)),
  changeMails: (mails, change) => translate(changeMails(connection, mails, change)),
  close: () => connection.close(),
  abort: () => {
    connection.abort();
  },
});

/** Makes what opens IMAP sessions within the given limits. */
export const createImapOpener =
  (limits: ImapLimits): MailboxOpener =>
  async (options) => {
    const { security, host } = options.server;
    // SECURITY: the configuration refuses it too; a password in the clear cannot be taken back.
    if (security === 'none' && !isLoopback(host)) {
      throw new MailboxError('mailbox-unsuitable', 'without TLS only this machine itself is asked');
    }
    return createSession(await openConnection(options, limits), options);
  };

/** Opens a session with an IMAP server (RFC 3501), by imapflow. */
export const openImapSession: MailboxOpener = createImapOpener(IMAP_LIMITS);

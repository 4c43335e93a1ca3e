import { openImapSession } from '../../adapters/imap/open-imap-session.ts';
import { openPop3Session } from '../../adapters/pop3/open-pop3-session.ts';
import type { MailboxOpener } from '../../mail/ports/mailbox-ports.ts';

/** Opens a session by the protocol that the server speaks. */
export const openSession: MailboxOpener = (options) =>
  options.server.protocol === 'pop3' ? openPop3Session(options) : openImapSession(options);

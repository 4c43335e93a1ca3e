import { onTestFinished } from 'vitest';
import { openImapSession } from '../../adapters/imap/open-imap-session.ts';
import { openPop3Session } from '../../adapters/pop3/open-pop3-session.ts';
import type {
  MailboxOpener,
  MailboxServer,
  MailboxSession,
  SessionOptions,
} from '../../mail/ports/mailbox-ports.ts';
import type { DovecotMailbox } from './dovecot/dovecot-mailbox.ts';
import { createMemoryMailbox } from './memory-mailbox.ts';

type Protocol = MailboxServer['protocol'];

/** What a test may choose of a session. */
export type SessionChoice = Partial<
  Pick<SessionOptions, 'credential' | 'isReadOnly' | 'maxBufferedBytes' | 'signal'>
>;

/** A new mailbox, and what happens to it behind the sessions' back. Mails are counted from 1. */
export interface MailboxUnderTest {
  /** Opens a session that is cut off when the test ends; one that may change the mailbox, with 1 MiB in memory. */
  readonly open: (choice?: SessionChoice) => Promise<MailboxSession>;
  /** Lays mails into INBOX, in this order. */
  readonly deliver: (...mails: readonly string[]) => void;
  /** Sets a flag as another client would. */
  readonly addFlag: (number: number, flag: string) => Promise<void>;
  /** Removes a mail as another client would. */
  readonly expunge: (number: number) => Promise<void>;
  /** Flags of each mail that is there. */
  readonly listFlags: (folder?: string) => Promise<readonly (readonly string[])[]>;
}

/** How a session is opened, save for what a test chooses. */
type Target = Pick<SessionOptions, 'server' | 'credential'>;

async function openUntilEnd(
  open: MailboxOpener,
  target: Target,
  choice: SessionChoice,
): Promise<MailboxSession> {
  const session = await open({
    ...target,
    isReadOnly: false,
    maxBufferedBytes: 1024 * 1024,
    signal: new AbortController().signal,
    ...choice,
  });
  onTestFinished(() => {
    session.abort();
  });
  return session;
}

/** A mailbox in memory. */
export function createMemoryUnderTest(protocol: Protocol): MailboxUnderTest {
  const mailbox = createMemoryMailbox({ protocol });
  mailbox.script.password = 'secret';
  const target: Target = {
    server: { protocol, host: 'memory', port: 1, security: 'none', ca: undefined },
    credential: { kind: 'password', user: 'anna', password: 'secret' },
  };
  const readMails = (folder = 'INBOX') => mailbox.folders.get(folder)?.mails ?? [];
  return {
    open: (choice = {}) => openUntilEnd((options) => mailbox.open(options), target, choice),
    deliver(...mails) {
      for (const mail of mails) mailbox.deliver(mail);
    },
    addFlag(number, flag) {
      readMails()[number - 1]?.flags.add(flag);
      return Promise.resolve();
    },
    expunge(number) {
      readMails().splice(number - 1, 1);
      return Promise.resolve();
    },
    listFlags: (folder) => Promise.resolve(readMails(folder).map(({ flags }) => [...flags])),
  };
}

const OPENERS = { imap: openImapSession, pop3: openPop3Session } as const;

/** A mailbox of Dovecot, over TLS. Its first mail has the UID 1. */
export function createDovecotUnderTest(
  mailbox: DovecotMailbox,
  protocol: Protocol,
): MailboxUnderTest {
  const { credential, createServer } = mailbox;
  const target = { server: createServer(protocol, 'implicit-tls'), credential };
  return {
    open: (choice = {}) => openUntilEnd(OPENERS[protocol], target, choice),
    deliver(...mails) {
      mailbox.deliver(mails);
    },
    addFlag: (number, flag) => mailbox.addFlags('INBOX', [number], flag),
    expunge: (number) => mailbox.expunge('INBOX', [number]),
    listFlags: async (folder) => (await mailbox.listMails(folder)).map(({ flags }) => flags),
  };
}

import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  MailboxCredential,
  MailboxServer,
  ServerSecurity,
} from '../../../mail/ports/mailbox-ports.ts';

/** A mail as doveadm shows it, past every protocol. */
export interface StoredMail {
  readonly uid: number;
  readonly flags: readonly string[];
}

// Empty is what stands where there is no flag.
const SESSION_FLAGS = ['', '\\Recent'];

/** A user of a private Dovecot, and what happens to the mailbox behind the protocols' back. */
export interface DovecotMailbox {
  readonly credential: MailboxCredential;
  /** How to reach it. */
  readonly createServer: (
    protocol: MailboxServer['protocol'],
    security: ServerSecurity,
  ) => MailboxServer;
  /** Lays mails into a folder, in this order, thousands in a second; they are there at the next command. */
  readonly deliver: (mails: readonly (string | Buffer)[], options?: DeliveryOptions) => void;
  readonly createFolder: (folder: string) => Promise<void>;
  /** Not for `INBOX`. */
  readonly deleteFolder: (folder: string) => Promise<void>;
  /** Says that all UIDs of a folder are void. They stay what they were. */
  readonly setUidValidity: (folder: string, uidValidity: number) => Promise<void>;
  readonly readUidValidity: (folder: string) => Promise<number>;
  /** Sets flags and keywords as another client would. */
  readonly addFlags: (folder: string, uids: readonly number[], flags: string) => Promise<void>;
  /** Removes mails as another client would. */
  readonly expunge: (folder: string, uids: readonly number[]) => Promise<void>;
  readonly listMails: (folder?: string) => Promise<readonly StoredMail[]>;
}

/** How mails are laid into a mailbox. */
export interface DeliveryOptions {
  /** @default 'INBOX' */
  readonly folder?: string;
  /** When the server took them in, milliseconds since 1970. @default now */
  readonly receivedAtMs?: number;
}

/** What a mailbox needs of its server. */
export interface MailboxHost {
  readonly home: string;
  readonly credential: MailboxCredential;
  readonly createServer: DovecotMailbox['createServer'];
  /** Runs doveadm for this user and gives what it prints. */
  readonly runDoveadm: (command: string, ...args: readonly string[]) => Promise<string>;
}

// The server's user is another one than ours when we are root.
function createOpenFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o777);
}

/** Maildir++: `Archive/2026` is the folder `.Archive.2026`. */
function createMaildir(home: string, folder: string): string {
  const maildir = join(home, 'Maildir');
  const path = folder === 'INBOX' ? maildir : join(maildir, `.${folder.replaceAll('/', '.')}`);
  for (const each of [home, maildir, path]) createOpenFolder(each);
  for (const name of ['cur', 'new', 'tmp']) createOpenFolder(join(path, name));
  return path;
}

/** Lays mails as they are: their line ends must be CRLF, since `W=` says that they are. */
function createDelivery(home: string): DovecotMailbox['deliver'] {
  let sequence = 0;
  return (mails, { folder = 'INBOX', receivedAtMs = Date.now() } = {}) => {
    const path = createMaildir(home, folder);
    for (const mail of mails) {
      const bytes = Buffer.byteLength(mail);
      sequence += 1;
      // Dovecot gives UIDs in the order of seconds, then of what stands behind M.
      const name = `1700000000.M${sequence}P1.postroom,S=${bytes},W=${bytes}`;
      const file = join(path, 'new', name);
      writeFileSync(file, mail, { mode: 0o644 });
      utimesSync(file, receivedAtMs / 1000, receivedAtMs / 1000);
    }
  };
}

const parseStoredMail = (line: string): StoredMail => {
  const [uid = '', flags = ''] = line.split('\t');
  return {
    uid: Number(uid),
    flags: flags.split(' ').filter((flag) => !SESSION_FLAGS.includes(flag)),
  };
};

const splitLines = (output: string): readonly string[] => output.split('\n').filter(Boolean);

/** Makes the mailbox of a user who is known to the server by the home folder alone. */
export function createDovecotMailbox({
  home,
  credential,
  createServer,
  runDoveadm,
}: MailboxHost): DovecotMailbox {
  const select = (folder: string, uids: readonly number[]): readonly string[] => [
    ...['mailbox', folder, 'uid'],
    uids.join(','),
  ];
  createMaildir(home, 'INBOX');
  return {
    credential,
    createServer,
    deliver: createDelivery(home),
    async createFolder(folder) {
      await runDoveadm('mailbox create', folder);
    },
    async deleteFolder(folder) {
      await runDoveadm('mailbox delete', folder);
    },
    async setUidValidity(folder, uidValidity) {
      await runDoveadm('mailbox update', '--uid-validity', String(uidValidity), folder);
    },
    async readUidValidity(folder) {
      const output = await runDoveadm('mailbox status', 'uidvalidity', folder);
      return Number(output.trim().split(/\s/).at(-1));
    },
    async addFlags(folder, uids, flags) {
      await runDoveadm('flags add', flags, ...select(folder, uids));
    },
    async expunge(folder, uids) {
      await runDoveadm('expunge', ...select(folder, uids));
    },
    async listMails(folder = 'INBOX') {
      const output = await runDoveadm('fetch', 'uid flags', 'mailbox', folder);
      return splitLines(output).slice(1).map(parseStoredMail);
    },
  };
}

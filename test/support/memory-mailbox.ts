import { Readable } from 'node:stream';
import {
  MailboxError,
  PeerAuthenticationError,
  PeerUnavailableError,
  type PostroomError,
} from '../../mail/errors.ts';
import type {
  FetchedMail,
  ListedMail,
  MailboxChange,
  MailboxOpener,
  MailboxSession,
  MailSearch,
  MailSelection,
  OpenedFolder,
  SessionOptions,
} from '../../mail/ports/mailbox-ports.ts';

/** A mail as a mailbox in memory has it. */
export interface MemoryMail {
  readonly id: string;
  readonly raw: Buffer;
  readonly receivedAtMs: number;
  readonly serverId: string | undefined;
  /** With their backslashes; keywords as they are. */
  readonly flags: Set<string>;
}

interface MemoryFolder {
  generation: number;
  nextUid: number;
  mails: MemoryMail[];
  specialUse: string | undefined;
}

/** What is delivered, and how. */
export interface Delivery {
  /** @default 'INBOX' */
  readonly folder?: string;
  readonly receivedAtMs?: number;
  /** EMAILID. @default the server has none */
  readonly serverId?: string;
  /** @default [] */
  readonly flags?: readonly string[];
}

/** How a server misbehaves; each may be changed at any time. */
export interface MailboxScript {
  /** Calls and mails handed out before the connection breaks; undefined for never. */
  dropAfter: number | undefined;
  /** Ids of mails at which the connection breaks, each time. */
  readonly dropAt: Set<string>;
  /** Ids of mails that the server does not hand out. */
  readonly refused: Set<string>;
  /** Ids of mails that are listed and gone when they are asked for. */
  readonly gone: Set<string>;
  /** Passwords that are taken; undefined for any. */
  password: string | undefined;
  /** What opening a session fails with. */
  failure: PostroomError | undefined;
  /** What changing mails fails with. */
  changeFailure: PostroomError | undefined;
  capabilities: ReadonlySet<string>;
}

/** A mailbox on a server that is in memory. */
export interface MemoryMailbox {
  readonly open: MailboxOpener;
  readonly script: MailboxScript;
  readonly folders: ReadonlyMap<string, MemoryFolder>;
  /** Names of the calls of all sessions, in order; `readMails` once for each mail handed out. */
  readonly calls: string[];
  /** Bytes of mails and headers that were handed out. */
  readonly bytesOut: () => number;
  deliver(raw: string | Buffer, delivery?: Delivery): string;
  createFolder(path: string, specialUse?: string): void;
  /** Numbers a folder's mails anew: another UIDVALIDITY, other UIDs. */
  renumber(path: string): void;
}

const dropped = (): PeerUnavailableError =>
  new PeerUnavailableError('the connection broke', { fields: { peer: 'memory' } });

const unsuitable = (): MailboxError =>
  new MailboxError('mailbox-unsuitable', 'a POP3 server cannot do this');

const readHeader = (raw: Buffer): Buffer => {
  const end = raw.indexOf('\r\n\r\n');
  return end < 0 ? raw : raw.subarray(0, end + 4);
};

/** Whether a field of a header has a text in it, case ignored. */
const hasText = (header: string, name: string, text: string): boolean =>
  header
    .split('\r\n')
    .some(
      (line) =>
        line.toLowerCase().startsWith(`${name.toLowerCase()}:`) &&
        line.toLowerCase().includes(text.toLowerCase()),
    );

function matchesSearch({ raw, receivedAtMs, flags }: MemoryMail, search: MailSearch): boolean {
  const header = readHeader(raw).toString('latin1');
  const { from, to, subject, since, larger, smaller, seen, flagged, keywords = [] } = search;
  return (
    (from === undefined || hasText(header, 'From', from)) &&
    (to === undefined || hasText(header, 'To', to)) &&
    (subject === undefined || hasText(header, 'Subject', subject)) &&
    (since === undefined || receivedAtMs >= Date.parse(since)) &&
    (larger === undefined || raw.length > larger) &&
    (smaller === undefined || raw.length < smaller) &&
    (seen === undefined || flags.has('\\Seen') === seen) &&
    (flagged === undefined || flags.has('\\Flagged') === flagged) &&
    keywords.every((keyword) => flags.has(keyword))
  );
}

const isSelected = (mail: MemoryMail, selection: MailSelection): boolean => {
  if (selection.kind === 'all') return true;
  const uid = Number(mail.id);
  const isWithin = uid >= selection.firstUid && uid <= (selection.lastUid ?? Infinity);
  return isWithin && (selection.kind === 'range' || matchesSearch(mail, selection.criteria));
};

/** Makes a mailbox with an empty INBOX. */
export function createMemoryMailbox({
  protocol = 'imap',
}: { readonly protocol?: 'imap' | 'pop3' } = {}) {
  const folders = new Map<string, MemoryFolder>();
  const calls: string[] = [];
  const script: MailboxScript = {
    dropAfter: undefined,
    dropAt: new Set(),
    refused: new Set(),
    gone: new Set(),
    password: undefined,
    failure: undefined,
    changeFailure: undefined,
    capabilities: new Set(['UIDPLUS', 'MOVE']),
  };
  let steps = 0;
  let deliveries = 0;
  let bytesOut = 0;

  const createFolder = (path: string, specialUse?: string): MemoryFolder => {
    const folder = { generation: 17, nextUid: 1, mails: [], specialUse };
    folders.set(path, folder);
    return folder;
  };
  createFolder('INBOX');

  const toListed = ({ id, raw, receivedAtMs, serverId }: MemoryMail): ListedMail => ({
    id,
    bytes: raw.length,
    serverId,
    receivedAtMs: protocol === 'imap' ? receivedAtMs : undefined,
  });

  const createSession = ({ isReadOnly, maxBufferedBytes, signal }: SessionOptions) => {
    let opened: MemoryFolder | undefined;
    let isOver = false;
    const toDelete = new Set<MemoryMail>();

    const step = (name: string): void => {
      calls.push(name);
      steps += 1;
      if (script.dropAfter !== undefined && steps > script.dropAfter) isOver = true;
      if (isOver || signal.aborted) throw dropped();
    };
    const readOpened = (): MemoryFolder => {
      if (opened === undefined) throw new Error('no folder is open');
      return opened;
    };
    const find = (id: string): MemoryMail | undefined =>
      script.gone.has(id) ? undefined : readOpened().mails.find((mail) => mail.id === id);

    const fetch = (listed: ListedMail): FetchedMail => {
      const mail = find(listed.id);
      if (mail === undefined) return { kind: 'gone', mail: listed };
      if (script.refused.has(mail.id)) return { kind: 'refused', mail: listed, code: 'NO' };
      if (script.dropAt.has(mail.id)) {
        isOver = true;
        throw dropped();
      }
      bytesOut += mail.raw.length;
      const isLarge = mail.raw.length > maxBufferedBytes;
      const content = isLarge ? Readable.from([mail.raw]) : Buffer.from(mail.raw);
      return { kind: 'content', mail: listed, content };
    };

    const change = (folder: MemoryFolder, mail: MemoryMail, wanted: MailboxChange): void => {
      if (wanted.kind === 'mark-seen') mail.flags.add('\\Seen');
      if (wanted.kind === 'flag') mail.flags.add(wanted.flag);
      if (wanted.kind === 'delete' && protocol === 'pop3') {
        toDelete.add(mail);
        return;
      }
      if (wanted.kind !== 'delete' && wanted.kind !== 'move') return;
      folder.mails = folder.mails.filter((one) => one !== mail);
      if (wanted.kind === 'delete') return;
      const target = folders.get(wanted.folder) ?? createFolder(wanted.folder);
      target.mails.push({ ...mail, id: String(target.nextUid) });
      target.nextUid += 1;
    };

    const session: MailboxSession = {
      get capabilities() {
        return script.capabilities;
      },
      async listFolders() {
        await Promise.resolve();
        step('listFolders');
        return Array.from(folders, ([path, { specialUse }]) => ({
          path,
          specialUse,
          delimiter: '/',
        }));
      },
      async openFolder(path) {
        await Promise.resolve();
        step('openFolder');
        opened = folders.get(path);
        if (opened === undefined)
          throw new MailboxError('folder-missing', 'there is no such folder');
        const { generation, mails, nextUid } = opened;
        const described: OpenedFolder = {
          path,
          generation: protocol === 'imap' ? String(generation) : '',
          mails: mails.length,
          bytes:
            protocol === 'pop3' ? mails.reduce((sum, { raw }) => sum + raw.length, 0) : undefined,
          nextUid: protocol === 'imap' ? nextUid : undefined,
        };
        return described;
      },
      async *listMails(selection) {
        await Promise.resolve();
        step('listMails');
        if (protocol === 'pop3' && selection.kind !== 'all') throw unsuitable();
        for (const mail of readOpened().mails)
          if (isSelected(mail, selection)) yield toListed(mail);
      },
      async *readHeaders(mails, fields) {
        await Promise.resolve();
        step('readHeaders');
        for (const listed of mails) {
          const mail = find(listed.id);
          if (mail === undefined) continue;
          const whole = readHeader(mail.raw);
          const wanted = fields?.map((field) => field.toLowerCase());
          const header =
            wanted === undefined
              ? whole
              : Buffer.from(
                  [
                    ...whole
                      .toString('latin1')
                      .split(/\r\n(?![ \t])/)
                      .filter((line) => wanted.includes(line.split(':')[0]?.toLowerCase() ?? '')),
                    '\r\n',
                  ].join('\r\n'),
                  'latin1',
                );
          bytesOut += header.length;
          yield { mail: listed, header };
        }
      },
      async *readMails(mails) {
        for (const listed of mails) {
          await Promise.resolve();
          step('readMails');
          yield fetch(listed);
        }
      },
      async changeMails(mails, wanted) {
        await Promise.resolve();
        step(`changeMails ${wanted.kind}`);
        if (isReadOnly) throw new MailboxError('mailbox-read-only', 'the mailbox is read-only');
        if (script.changeFailure !== undefined) throw script.changeFailure;
        if (protocol === 'pop3' && wanted.kind !== 'delete') throw unsuitable();
        const folder = readOpened();
        for (const { id } of mails) {
          const mail = find(id);
          if (mail !== undefined) change(folder, mail, wanted);
        }
      },
      async close() {
        await Promise.resolve();
        step('close');
        isOver = true;
        const inbox = folders.get('INBOX');
        if (inbox !== undefined) inbox.mails = inbox.mails.filter((mail) => !toDelete.has(mail));
      },
      abort() {
        isOver = true;
      },
    };
    return session;
  };

  const mailbox: MemoryMailbox = {
    folders,
    calls,
    script,
    bytesOut: () => bytesOut,
    async open(options) {
      await Promise.resolve();
      calls.push('open');
      steps += 1;
      if (script.dropAfter !== undefined && steps > script.dropAfter) throw dropped();
      if (script.failure !== undefined) throw script.failure;
      if (script.password !== undefined && options.credential.password !== script.password) {
        throw new PeerAuthenticationError('the credential was refused');
      }
      return createSession(options);
    },
    deliver(raw, { folder: path = 'INBOX', receivedAtMs, serverId, flags = [] } = {}) {
      const folder = folders.get(path) ?? createFolder(path);
      deliveries += 1;
      const id = protocol === 'imap' ? String(folder.nextUid) : `uidl-${deliveries}`;
      folder.nextUid += 1;
      folder.mails.push({
        id,
        raw: Buffer.from(raw),
        receivedAtMs: receivedAtMs ?? Date.parse('2026-11-24T09:00:00Z'),
        serverId,
        flags: new Set(flags),
      });
      return id;
    },
    createFolder(path, specialUse) {
      createFolder(path, specialUse);
    },
    renumber(path) {
      const folder = folders.get(path) ?? createFolder(path);
      folder.generation += 1;
      folder.mails = folder.mails.map((mail, index) => ({ ...mail, id: String(index + 101) }));
      folder.nextUid = folder.mails.length + 101;
    },
  };
  return mailbox;
}

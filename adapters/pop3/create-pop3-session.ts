import { MailboxError, PeerUnavailableError } from '../../mail/errors.ts';
import type {
  FetchedMail,
  ListedHeader,
  ListedMail,
  MailboxChange,
  MailboxSession,
  MailSelection,
  OpenedFolder,
} from '../../mail/ports/mailbox-ports.ts';
import { classifyRefusal } from './classify-refusal.ts';
import { DELETION } from './commands/dele.ts';
import { quit } from './commands/quit.ts';
import { readTotals } from './commands/stat.ts';
import { createHeaderReading } from './commands/top.ts';
import { exchangeAll, type Exchanger } from './exchange.ts';
import { listMailbox } from './list-mailbox.ts';
import type { NumberedMail } from './numbered-mail.ts';
import { createAbortError } from './pop3-errors.ts';
import { readMails, type ReadOptions } from './read-mails.ts';

/** What the session of a mailbox knows of it. */
interface Pop3Mailbox {
  readonly exchanger: Exchanger;
  /** The numbers of mails that were listed and are not marked for deletion, by their ids. */
  readonly numbers: Map<string, number>;
  /** How many are marked for deletion. */
  deletions: number;
}

/** The one folder (RFC 1939 knows no folders). */
const INBOX = { path: 'INBOX', specialUse: undefined, delimiter: undefined };
const PEER = { fields: { peer: 'POP3' } };

const findListed = (
  { numbers }: Pop3Mailbox,
  mails: readonly ListedMail[],
): readonly NumberedMail[] =>
  mails.flatMap((mail) => {
    const number = numbers.get(mail.id);
    return number === undefined ? [] : [{ number, mail }];
  });

async function openFolder({ exchanger }: Pop3Mailbox, path: string): Promise<OpenedFolder> {
  if (path.toUpperCase() !== INBOX.path) {
    throw new MailboxError('folder-missing', 'a POP3 mailbox has no folder but INBOX', PEER);
  }
  const { connection } = exchanger;
  const totals = await connection.attempt(() => readTotals(connection));
  return { path: INBOX.path, generation: '', nextUid: undefined, ...totals };
}

async function* listMails(
  { exchanger, numbers }: Pop3Mailbox,
  selection: MailSelection,
): AsyncGenerator<ListedMail> {
  if (selection.kind !== 'all') {
    throw new MailboxError('mailbox-unsuitable', 'a POP3 server cannot search', PEER);
  }
  const listed = await exchanger.connection.attempt(() => listMailbox(exchanger));
  numbers.clear();
  for (const { number, mail } of listed) numbers.set(mail.id, number);
  for (const { mail } of listed) yield mail;
}

async function* readHeaders(
  mailbox: Pop3Mailbox,
  mails: readonly ListedMail[],
): AsyncGenerator<ListedHeader> {
  const { exchanger } = mailbox;
  const reading = createHeaderReading<NumberedMail>(exchanger.connection);
  const headers = exchangeAll(exchanger, findListed(mailbox, mails), reading);
  for await (const { item, header } of headers) {
    if (header !== undefined) yield { mail: item.mail, header };
  }
}

async function* fetchMails(
  mailbox: Pop3Mailbox,
  mails: readonly ListedMail[],
  options: ReadOptions,
): AsyncGenerator<FetchedMail> {
  for (const mail of mails) if (!mailbox.numbers.has(mail.id)) yield { kind: 'gone', mail };
  yield* readMails(mailbox.exchanger, findListed(mailbox, mails), options);
}

/** Marks mails for deletion. Those that are gone or marked already are left out. */
async function deleteMails(mailbox: Pop3Mailbox, mails: readonly ListedMail[]): Promise<void> {
  const distinct = new Map(mails.map((mail) => [mail.id, mail]));
  const listed = findListed(mailbox, [...distinct.values()]);
  const refusals = [];
  for await (const mark of exchangeAll(mailbox.exchanger, listed, DELETION)) {
    if (mark.isMarked) {
      mailbox.numbers.delete(mark.mail.mail.id);
      mailbox.deletions += 1;
    } else {
      refusals.push({ command: 'DELE', responseCode: mark.responseCode });
    }
  }
  // After all answers: the others are marked.
  const [refusal] = refusals;
  if (refusal !== undefined) throw classifyRefusal(refusal);
}

function assertChangeable(isReadOnly: boolean, change: MailboxChange): void {
  if (isReadOnly) {
    throw new MailboxError('mailbox-read-only', 'the mailbox was opened to look only', PEER);
  }
  if (change.kind !== 'delete') {
    throw new MailboxError(
      'mailbox-unsuitable',
      'a POP3 server can delete mails and change nothing else about them',
      PEER,
    );
  }
}

/** Says QUIT and waits for the answer, which alone makes the deletions true. */
async function confirmDeletions({ exchanger, deletions }: Pop3Mailbox): Promise<void> {
  const { connection } = exchanger;
  try {
    await connection.attempt(() => quit(connection));
  } catch (cause) {
    throw new PeerUnavailableError('the POP3 server did not confirm deletions', {
      fields: { peer: 'POP3', command: 'QUIT', deletions },
      cause,
    });
  } finally {
    connection.hangUp();
  }
}

async function closeMailbox(mailbox: Pop3Mailbox): Promise<void> {
  if (mailbox.deletions > 0) await confirmDeletions(mailbox);
  // Where nothing is to be deleted, nothing hangs on the answer to QUIT.
  else mailbox.exchanger.connection.hangUp('QUIT');
}

/** The session of a mailbox whose server let us in. */
export function createPop3Session(exchanger: Exchanger, options: ReadOptions): MailboxSession {
  const mailbox: Pop3Mailbox = { exchanger, numbers: new Map(), deletions: 0 };
  let closing: Promise<void> | undefined;
  return {
    capabilities: new Set(exchanger.capabilities.keys()),
    listFolders: () => Promise.resolve([INBOX]),
    openFolder: (path) => openFolder(mailbox, path),
    listMails: (selection) => listMails(mailbox, selection),
    readHeaders: (mails) => readHeaders(mailbox, mails),
    readMails: (mails) => fetchMails(mailbox, mails, options),
    async changeMails(mails, change) {
      assertChangeable(options.isReadOnly, change);
      await deleteMails(mailbox, mails);
    },
    close: () => (closing ??= closeMailbox(mailbox)),
    abort() {
      exchanger.connection.fail(createAbortError());
    },
  };
}

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
import { createMailNumbers, type MailNumbers } from './mail-numbers.ts';
import type { NumberedMail } from './numbered-mail.ts';
import { createAbortError } from './pop3-errors.ts';
import { readMails, type ReadOptions } from './read-mails.ts';

/** What the session of a mailbox knows of it. */
interface Pop3Mailbox {
  readonly exchanger: Exchanger;
  readonly numbers: MailNumbers;
  /** How many are marked for deletion. */
  deletions: number;
}

/** The one folder (RFC 1939 knows no folders). */
const INBOX = { path: 'INBOX', specialUse: undefined, delimiter: undefined };
const PEER = { fields: { peer: 'POP3' } };

async function openFolder({ exchanger }: Pop3Mailbox, path: string): Promise<OpenedFolder> {
  if (path.toUpperCase() !== INBOX.path) {
    throw new MailboxError('folder-missing', 'a POP3 mailbox has no folder but INBOX', PEER);
  }
  const { connection } = exchanger;
  const totals = await connection.attempt(() => readTotals(connection));
  return { path: INBOX.path, generation: '', nextUid: undefined, ...totals };
}

async function* listMails(
  { numbers }: Pop3Mailbox,
  selection: MailSelection,
): AsyncGenerator<ListedMail> {
  if (selection.kind !== 'all') {
    throw new MailboxError('mailbox-unsuitable', 'a POP3 server cannot search', PEER);
  }
  for (const { mail } of await numbers.list()) yield mail;
}

async function* readHeaders(
  { exchanger, numbers }: Pop3Mailbox,
  mails: readonly ListedMail[],
): AsyncGenerator<ListedHeader> {
  const reading = createHeaderReading<NumberedMail>(exchanger.connection);
  const headers = exchangeAll(exchanger, await numbers.find(mails), reading);
  for await (const { item, header } of headers) {
    if (header !== undefined) yield { mail: item.mail, header };
  }
}

async function* fetchMails(
  { exchanger, numbers }: Pop3Mailbox,
  mails: readonly ListedMail[],
  options: ReadOptions,
): AsyncGenerator<FetchedMail> {
  const there = await numbers.find(mails);
  const ids = new Set(there.map(({ mail }) => mail.id));
  for (const mail of mails) if (!ids.has(mail.id)) yield { kind: 'gone', mail };
  yield* readMails(exchanger, there, options);
}

/** Marks mails for deletion. Those that are gone or marked already are left out. */
async function deleteMails(mailbox: Pop3Mailbox, mails: readonly ListedMail[]): Promise<void> {
  const distinct = new Map(mails.map((mail) => [mail.id, mail]));
  const listed = await mailbox.numbers.find([...distinct.values()]);
  const refusals = [];
  for await (const mark of exchangeAll(mailbox.exchanger, listed, DELETION)) {
    if (mark.isMarked) {
      mailbox.numbers.forget(mark.mail.mail);
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
  const mailbox: Pop3Mailbox = { exchanger, numbers: createMailNumbers(exchanger), deletions: 0 };
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

import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { createImapOpener } from '../../../adapters/imap/open-imap-session.ts';
import { IMAP_LIMITS, type ImapLimits } from '../../../adapters/imap/limits.ts';
import type {
  ListedMail,
  MailboxSession,
  MailSelection,
  SessionOptions,
} from '../../../mail/ports/mailbox-ports.ts';
import type { DovecotMailbox } from '../../support/dovecot/dovecot-mailbox.ts';
import {
  type Dovecot,
  type DovecotOptions,
  startDovecot,
} from '../../support/dovecot/start-dovecot.ts';
import { startWireTap, type WireTap } from '../../support/wire-tap.ts';

export const MIB = 1024 * 1024;

/** A Dovecot that all tests of a suite share. */
export function useDovecot(options?: DovecotOptions): () => Dovecot {
  let server: Dovecot | undefined;
  beforeAll(async () => {
    server = await startDovecot(options);
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error('Dovecot runs within the tests only');
    return server;
  };
}

/** What a test may choose of a session. */
export interface TestSession {
  readonly isReadOnly?: boolean;
  readonly maxBufferedBytes?: number;
  readonly limits?: Partial<ImapLimits>;
  readonly server?: Partial<SessionOptions['server']>;
  readonly signal?: AbortSignal;
}

/** Opens a session that is cut off when the test ends. */
export async function openSession(
  { credential, createServer }: Pick<DovecotMailbox, 'credential' | 'createServer'>,
  { limits, server, ...options }: TestSession = {},
): Promise<MailboxSession> {
  const open = createImapOpener({ ...IMAP_LIMITS, ...limits });
  const session = await open({
    server: { ...createServer('imap', 'none'), ca: undefined, ...server },
    credential,
    isReadOnly: false,
    maxBufferedBytes: MIB,
    signal: new AbortController().signal,
    ...options,
  });
  onTestFinished(() => {
    session.abort();
  });
  return session;
}

/** Opens a session through a relay that listens in. */
export async function openTappedSession(
  dovecot: Dovecot,
  mailbox: DovecotMailbox,
  options: TestSession = {},
): Promise<{ readonly session: MailboxSession; readonly tap: WireTap }> {
  const tap = await startWireTap(dovecot.ports.imap);
  onTestFinished(() => tap.stop());
  const session = await openSession(mailbox, { ...options, server: { port: tap.port } });
  return { session, tap };
}

/** Gathers what an iterable gives. */
export async function gather<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const gathered: Item[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

/** Opens a folder and lists mails of it. */
export async function listAll(
  session: MailboxSession,
  selection: MailSelection = { kind: 'all' },
  folder = 'INBOX',
): Promise<readonly ListedMail[]> {
  await session.openFolder(folder);
  return gather(session.listMails(selection));
}

/** A mail of a size, its lines ending with CRLF. */
export function createMail(subject: string, bytes = 0): Buffer {
  const head = `From: a@example.com\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@example.com>\r\n\r\n`;
  const line = `${'x'.repeat(76)}\r\n`;
  const body = line.repeat(Math.max(1, Math.ceil((bytes - head.length) / line.length)));
  return Buffer.from(head + body);
}

/** The whole of a mail, however it came. */
export async function readContent(content: Buffer | AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.isBuffer(content) ? content : Buffer.concat(await gather(content));
}

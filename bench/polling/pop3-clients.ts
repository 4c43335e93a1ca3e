import { once } from 'node:events';
import { connect } from 'node:net';
import { openPop3Session } from '../../adapters/pop3/open-pop3-session.ts';
import type { ListedMail, MailboxSession } from '../../mail/ports/mailbox-ports.ts';
import type { BenchTarget } from './run-program.ts';

/** A mailbox that a client of the bench reads. */
export interface Pop3Target extends BenchTarget {
  readonly mails: number;
}

/** Reads all mails, hands their bytes over, and gives how many bytes there were. */
export type Pop3Client = (target: Pop3Target, keep: (bytes: Buffer) => void) => Promise<number>;

const HOST = '127.0.0.1';

const openSession = ({ port, credential }: Pop3Target): Promise<MailboxSession> =>
  openPop3Session({
    server: { protocol: 'pop3', host: HOST, port, security: 'none', ca: undefined },
    credential,
    isReadOnly: false,
    maxBufferedBytes: 1024 * 1024,
    signal: new AbortController().signal,
  });

/** A whole poll by our session: opens, lists, reads every mail, closes. */
export async function pollByOurs(
  target: Pop3Target,
  keep: (bytes: Buffer) => void,
): Promise<number> {
  const session = await openSession(target);
  await session.openFolder('INBOX');
  const listed: ListedMail[] = [];
  for await (const mail of session.listMails({ kind: 'all' })) listed.push(mail);
  let bytes = 0;
  for await (const fetched of session.readMails(listed)) {
    if (fetched.kind !== 'content') throw new Error(`a mail came as ${fetched.kind}`);
    const { content } = fetched;
    for await (const piece of Buffer.isBuffer(content) ? [content] : content) {
      // The stream of a session has no encoding.
      const part = piece as Buffer;
      bytes += part.length;
      keep(part);
    }
  }
  await session.close();
  return bytes;
}

/** What a poll that finds nothing new does: STAT alone. */
export async function pollIdle(target: Pop3Target): Promise<void> {
  const session = await openSession(target);
  await session.openFolder('INBOX');
  await session.close();
}

/** The floor: all commands in one write, and nothing understood but the end. */
export async function readByRawSocket(
  { port, credential, mails }: Pop3Target,
  keep: (bytes: Buffer) => void,
): Promise<number> {
  const socket = connect(port, HOST).setNoDelay(true);
  const reads = Array.from({ length: mails }, (_, index) => `RETR ${index + 1}`);
  const { user, password } = credential;
  socket.write([`USER ${user}`, `PASS ${password}`, ...reads, 'QUIT', ''].join('\r\n'));
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    keep(chunk);
  });
  await once(socket, 'close');
  return bytes;
}

import { once } from 'node:events';
import { connect } from 'node:net';
import { ImapFlow } from 'imapflow';
import { openImapSession } from '../../adapters/imap/open-imap-session.ts';
import type { ListedMail } from '../../mail/ports/mailbox-ports.ts';
import type { BenchTarget } from './run-program.ts';

/** What a client read. */
export interface Haul {
  readonly mails: number;
  readonly bytes: number;
}

const HOST = '127.0.0.1';

const openOurs = ({ port, credential }: BenchTarget) =>
  openImapSession({
    server: { protocol: 'imap', host: HOST, port, security: 'none', ca: undefined },
    credential,
    isReadOnly: true,
    maxBufferedBytes: 1024 * 1024,
    signal: new AbortController().signal,
  });

/** A whole poll by our session: lists, reads each mail, gives its bytes to `keep`. */
export async function pollByOurs(
  target: BenchTarget,
  keep: (chunk: Buffer) => void,
): Promise<Haul> {
  const session = await openOurs(target);
  const { nextUid = 1 } = await session.openFolder('INBOX');
  const listed: ListedMail[] = [];
  const all = { kind: 'range', firstUid: 1, lastUid: nextUid - 1 } as const;
  for await (const mail of session.listMails(all)) listed.push(mail);
  let mails = 0;
  let bytes = 0;
  const take = (chunk: Buffer): void => {
    bytes += chunk.length;
    keep(chunk);
  };
  for await (const fetched of session.readMails(listed)) {
    if (fetched.kind !== 'content') throw new Error(`a mail came as ${fetched.kind}`);
    mails += 1;
    if (Buffer.isBuffer(fetched.content)) take(fetched.content);
    else for await (const chunk of fetched.content) take(Buffer.from(chunk as Uint8Array));
  }
  await session.close();
  return { mails, bytes };
}

/** A poll that finds nothing new. */
export async function pollIdle(target: BenchTarget): Promise<void> {
  const session = await openOurs(target);
  const { nextUid = 1 } = await session.openFolder('INBOX');
  const nothing = { kind: 'range', firstUid: nextUid, lastUid: nextUid - 1 } as const;
  for await (const mail of session.listMails(nothing)) throw new Error(`came ${mail.id}`);
  await session.close();
}

/** imapflow by itself: one FETCH of everything, its bytes kept. */
export async function fetchByImapflow(
  { port, credential }: BenchTarget,
  keep: (chunk: Buffer) => void,
): Promise<Haul> {
  const client = new ImapFlow({
    ...{ host: HOST, port, secure: false, doSTARTTLS: false, logger: false },
    auth: { user: credential.user, pass: credential.password },
    disableAutoIdle: true,
  });
  await client.connect();
  await client.mailboxOpen('INBOX', { readOnly: true });
  let mails = 0;
  let bytes = 0;
  for await (const { source } of client.fetch('1:*', { uid: true, source: true })) {
    if (source === undefined) continue;
    mails += 1;
    bytes += source.length;
    keep(source);
  }
  await client.logout();
  return { mails, bytes };
}

/** The floor: all commands in one write, and nothing understood but the end. */
export async function fetchByRawSocket(
  { port, credential }: BenchTarget,
  keep: (chunk: Buffer) => void,
): Promise<Haul> {
  const socket = connect(port, HOST).setNoDelay(true);
  const commands = [
    `a LOGIN ${credential.user} ${credential.password}`,
    'b EXAMINE INBOX',
    'c UID FETCH 1:* BODY.PEEK[]',
    'd LOGOUT',
  ];
  socket.write(`${commands.join('\r\n')}\r\n`);
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    keep(chunk);
  });
  await once(socket, 'close');
  return { mails: 0, bytes };
}

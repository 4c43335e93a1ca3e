import { Readable } from 'node:stream';
import { LimitExceededError } from '../../mail/errors.ts';
import type { FetchedMail, ListedMail } from '../../mail/ports/mailbox-ports.ts';
import { classifyFailure } from './classify-failure.ts';
import { resolveEmpty } from './fetch-contents.ts';
import { createProtocolError, createUnavailableError } from './imap-errors.ts';
import type { ImapConnection } from './imap-connection.ts';
import { parseUid } from './parse-uid.ts';

/** A part as the server gave it. NIL is no part: it says nothing about where the mail ends. */
type Part = Buffer | 'gone' | 'nil';

async function fetchPart(
  { client, ask, limits }: ImapConnection,
  mail: ListedMail,
  start: number,
): Promise<Part> {
  const source = { start, maxLength: limits.partialBytes };
  const uid = parseUid(mail);
  const row = await ask(() => client.fetchOne(uid, { uid: true, source }, { uid: true }));
  if (row === false) return 'gone';
  return Buffer.isBuffer(row.source) ? row.source : 'nil';
}

async function fetchNextPart(
  connection: ImapConnection,
  mail: ListedMail,
  start: number,
): Promise<Buffer> {
  const part = await fetchPart(connection, mail, start);
  if (part === 'gone') throw createUnavailableError('lost a mail while it was read', {});
  if (part === 'nil') throw createUnavailableError('gave a part of a mail and then none', {});
  if (part.length > connection.limits.partialBytes) {
    throw createProtocolError('sent more of a mail than it was asked for');
  }
  return part;
}

/**
 * Reads part after part. The end is an empty part, or a short one where the listed size is reached:
 * sizes are wrong on some servers, and others cut parts short.
 */
async function* readAllParts(
  connection: ImapConnection,
  mail: ListedMail,
  first: Buffer,
): AsyncGenerator<Buffer, void, undefined> {
  const { partialBytes, mailBytes } = connection.limits;
  let part = first;
  for (let start = 0; part.length > 0;) {
    yield part;
    start += part.length;
    const isShort = part.length < partialBytes;
    // More than was asked for: the server ignores that a part was wanted and sent the whole mail.
    if (part.length > partialBytes || (isShort && start >= mail.bytes)) return;
    if (start > mailBytes) {
      throw new LimitExceededError('the IMAP server sent a mail beyond the limit', {
        fields: { peer: 'IMAP', maxBytes: mailBytes },
      });
    }
    const next = await fetchNextPart(connection, mail, start);
    // It ignores it, and listed more than the mail has: here the whole mail is again.
    if (isShort && next.equals(first)) return;
    part = next;
  }
}

async function* classifyFailures(
  parts: AsyncGenerator<Buffer, void, undefined>,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* parts;
  } catch (error) {
    throw classifyFailure(error);
  }
}

const createStream = (connection: ImapConnection, mail: ListedMail, first: Buffer): Readable =>
  Readable.from(classifyFailures(readAllParts(connection, mail, first)), {
    objectMode: false,
    // One part waits while another is stored.
    highWaterMark: connection.limits.partialBytes,
  });

/** Reads a large mail as a stream of its parts. A stream that is not read to its end is destroyed. */
export async function* readParts(
  connection: ImapConnection,
  mail: ListedMail,
): AsyncGenerator<FetchedMail, void, undefined> {
  let first: Part;
  try {
    first = await fetchPart(connection, mail, 0);
  } catch (error) {
    const code = connection.refusals.countRefusal(connection.refusals.readRefusal(error));
    yield { kind: 'refused', mail, code };
    return;
  }
  if (first === 'gone') yield { kind: 'gone', mail };
  else if (first === 'nil' || first.length === 0) yield* resolveEmpty(connection, [mail]);
  else {
    connection.refusals.reset();
    const content = createStream(connection, mail, first);
    try {
      yield { kind: 'content', mail, content };
    } finally {
      content.destroy();
    }
  }
}

import { MailboxError } from '../../mail/errors.ts';
import { readSizes } from './commands/list.ts';
import { createHeaderReading } from './commands/top.ts';
import { readUniqueIds } from './commands/uidl.ts';
import { exchangeAll, type Exchanger, isPipelined } from './exchange.ts';
import { createHeaderNamer, type PairedMail, pairListings } from './name-mails.ts';
import type { NumberedMail } from './numbered-mail.ts';

/** Asks for both listings, in one go where the server allows it. */
async function readListings(exchanger: Exchanger): Promise<readonly PairedMail[]> {
  const { connection } = exchanger;
  const isTogether = isPipelined(exchanger);
  connection.send(isTogether ? ['LIST', 'UIDL'] : ['LIST']);
  const sizes = await readSizes(connection);
  if (!isTogether) connection.send(['UIDL']);
  return pairListings(sizes, await readUniqueIds(connection));
}

/** Makes ids of the headers of mails that have none, by their numbers. */
async function nameByHeader(
  exchanger: Exchanger,
  mails: readonly PairedMail[],
): Promise<ReadonlyMap<number, string>> {
  const ids = new Map<number, string>();
  const createId = createHeaderNamer();
  let isReadable = exchanger.capabilities.has('TOP');
  const reading = createHeaderReading<PairedMail>(exchanger.connection);
  for await (const { item, header } of exchangeAll(exchanger, mails, reading)) {
    isReadable ||= header !== undefined;
    // A mail whose header is refused is listed all the same: who fetches it learns of it.
    ids.set(item.number, createId(item.bytes, header ?? Buffer.alloc(0)));
  }
  if (mails.length === 0 || isReadable) return ids;
  throw new MailboxError(
    'mailbox-unsuitable',
    'the POP3 server has neither unique-ids nor TOP: nothing tells mails apart',
    { fields: { peer: 'POP3' } },
  );
}

/**
 * Lists what is in the mailbox, in the order in which it came.
 *
 * @throws {MailboxError} `mailbox-unsuitable` when nothing tells its mails apart.
 */
export async function listMailbox(exchanger: Exchanger): Promise<readonly NumberedMail[]> {
  const mails = await readListings(exchanger);
  const unnamed = mails.filter(({ uniqueId }) => uniqueId === undefined);
  const headerIds = await nameByHeader(exchanger, unnamed);
  return mails.map(({ number, bytes, uniqueId }) => {
    const id = uniqueId ?? headerIds.get(number) ?? '';
    return { number, mail: { id, bytes, serverId: undefined, receivedAtMs: undefined } };
  });
}

import type { FetchMessageObject, SearchObject } from 'imapflow';
import type { ListedMail, MailSelection } from '../../mail/ports/mailbox-ports.ts';
import type { ImapConnection } from './imap-connection.ts';
import { MAX_UID } from './parse-uid.ts';
import { planUidSets } from './plan-uid-sets.ts';
import { createSearch, readDayStart } from './search-criteria.ts';

interface UidRange {
  readonly first: number;
  readonly last: number;
}

/** imapflow adds EMAILID or X-GM-MSGID where the server has it. */
const LISTING = { uid: true, size: true, internalDate: true };

/** The last UID that the open folder can have; it grows while the session hears of new mail. */
const readLastUid = ({ client: { mailbox } }: ImapConnection): number =>
  // The type promises what servers do not.
  mailbox === false ? MAX_UID : ((mailbox.uidNext as number | undefined) ?? MAX_UID + 1) - 1;

/** An explicit end always: `first:*` has the last mail in it, however old that is. */
function planRange(connection: ImapConnection, selection: MailSelection): UidRange {
  if (selection.kind === 'all') return { first: 1, last: readLastUid(connection) };
  const { firstUid, lastUid = MAX_UID } = selection;
  return { first: firstUid, last: Math.min(lastUid, readLastUid(connection)) };
}

/** A row lacks what the server left out; other rows tell of flags that somebody else changed. */
function mergeRows(rows: readonly FetchMessageObject[]): readonly FetchMessageObject[] {
  const merged = new Map<number, FetchMessageObject>();
  for (const row of rows) merged.set(row.uid, { ...merged.get(row.uid), ...row });
  return [...merged.values()].sort((a, b) => a.uid - b.uid);
}

const createListedMail = (row: FetchMessageObject): ListedMail => ({
  id: String(row.uid),
  bytes: row.size ?? 0,
  serverId: row.emailId,
  receivedAtMs: row.internalDate instanceof Date ? row.internalDate.getTime() : undefined,
});

/** Lists the mails of one command, which are few enough to be held until it has ended. */
async function listSet(
  { client, ask }: ImapConnection,
  uids: string,
  { first, last }: UidRange,
): Promise<readonly ListedMail[]> {
  const rows = await ask(() => client.fetchAll(uids, LISTING, { uid: true }));
  const wanted = rows.filter(({ uid }) => uid >= first && uid <= last);
  return mergeRows(wanted).map(createListedMail);
}

const findUids = (
  { client, demand }: ImapConnection,
  criteria: SearchObject,
  { first, last }: UidRange,
): Promise<readonly number[]> =>
  demand(() => client.search({ ...criteria, uid: `${first}:${last}` }, { uid: true }));

/** Whether a mail came before the day that a search asks for; unknown is not before. */
function isTooOld(selection: MailSelection, { receivedAtMs = Infinity }: ListedMail): boolean {
  const since = selection.kind === 'search' ? selection.criteria.since : undefined;
  return since !== undefined && receivedAtMs < readDayStart(since);
}

/**
 * Lists mails of the open folder by ascending UID, each once.
 *
 * A short range is fetched as it is. A long one may have few mails in it, or a million, so it is
 * first searched for what is there and then listed set by set.
 */
export async function* listMails(
  connection: ImapConnection,
  selection: MailSelection,
): AsyncGenerator<ListedMail, void, undefined> {
  const { client, limits } = connection;
  const range = planRange(connection, selection);
  if (range.first > range.last) return;
  if (client.mailbox !== false && client.mailbox.exists === 0) return;
  const criteria =
    selection.kind === 'search' ? createSearch(selection.criteria, client.capabilities) : {};
  const isShort = selection.kind !== 'search' && range.last - range.first < limits.setUids;
  const sets = isShort
    ? [{ text: `${range.first}:${range.last}` }]
    : planUidSets(await findUids(connection, criteria, range), limits);
  for (const { text } of sets) {
    for (const mail of await listSet(connection, text, range)) {
      if (!isTooOld(selection, mail)) yield mail;
    }
  }
}

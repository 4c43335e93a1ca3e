import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import type { ListedMail } from '../../mail/ports/mailbox-ports.ts';
import type { ImapConnection } from './imap-connection.ts';
import { parseUid } from './parse-uid.ts';
import { planUidSets, type UidSet } from './plan-uid-sets.ts';

/** What became of a mail that was asked for. */
export type FetchedContent =
  | { readonly kind: 'content'; readonly mail: ListedMail; readonly content: Buffer }
  | { readonly kind: 'gone'; readonly mail: ListedMail }
  | { readonly kind: 'refused'; readonly mail: ListedMail; readonly code: string };

/** What is fetched of each mail. */
export interface ContentQuery {
  readonly items: FetchQueryObject;
  /** Finds it in a row; undefined in a row that tells of something else, as of changed flags. */
  readonly findContent: (row: FetchMessageObject) => unknown;
}

type Waiting = Map<number, ListedMail>;
type Contents = AsyncGenerator<FetchedContent, void, undefined>;

/** The code of a mail that is there, and of which the server gives nothing. */
const EMPTY = 'EMPTY';

const isContent = (content: unknown, { bytes }: ListedMail): content is Buffer =>
  Buffer.isBuffer(content) && (content.length > 0 || bytes === 0);

const listWaiting = (waiting: Waiting, { uids }: UidSet): readonly ListedMail[] =>
  uids.flatMap((uid) => waiting.get(uid) ?? []);

/** Reads one answer; mails whose content is NIL or nothing are told of by `onEmpty`. */
async function* readAnswer(
  connection: ImapConnection,
  { waiting, uids, query }: { waiting: Waiting; uids: string; query: ContentQuery },
  onEmpty: (mail: ListedMail) => void,
): Contents {
  for await (const row of connection.readRows(uids, query.items)) {
    const mail = waiting.get(row.uid);
    const content = query.findContent(row);
    // A row nobody asked for, or one that comes twice.
    if (mail === undefined || content === undefined) continue;
    waiting.delete(row.uid);
    if (isContent(content, mail)) {
      connection.refusals.reset();
      yield { kind: 'content', mail, content };
    } else onEmpty(mail);
  }
}

/** Tells a mail that was expunged while it was read from one that has nothing to read. */
export async function* resolveEmpty(
  { client, ask, readRows, refusals }: ImapConnection,
  mails: readonly ListedMail[],
): AsyncGenerator<Exclude<FetchedContent, { kind: 'content' }>, void, undefined> {
  if (mails.length === 0) return;
  // A server tells of expunged mails only between commands that read (RFC 3501 section 7.4.1).
  await ask(() => client.noop());
  const present = new Set<number>();
  for await (const { uid } of readRows(mails.map(parseUid).join(','), { uid: true })) {
    present.add(uid);
  }
  for (const mail of mails) {
    if (!present.has(parseUid(mail))) yield { kind: 'gone', mail };
    else {
      const code = refusals.countRefusal({ status: 'NO', code: EMPTY, text: '' });
      yield { kind: 'refused', mail, code };
    }
  }
}

async function* fetchAlone(
  connection: ImapConnection,
  mail: ListedMail,
  query: ContentQuery,
): Contents {
  const waiting = new Map([[parseUid(mail), mail]]);
  const empty: ListedMail[] = [];
  try {
    yield* readAnswer(connection, { waiting, uids: mail.id, query }, (each) => empty.push(each));
  } catch (error) {
    const code = connection.refusals.countRefusal(connection.refusals.readRefusal(error));
    yield { kind: 'refused', mail, code };
    return;
  }
  yield* resolveEmpty(connection, empty);
  if (waiting.size > 0) yield { kind: 'gone', mail };
}

async function* fetchSet(
  connection: ImapConnection,
  set: UidSet,
  { waiting, query }: { waiting: Waiting; query: ContentQuery },
): Contents {
  const empty: ListedMail[] = [];
  let isRefused = false;
  try {
    const request = { waiting, uids: set.text, query };
    yield* readAnswer(connection, request, (mail) => empty.push(mail));
  } catch (error) {
    // One bad mail makes some servers refuse all that follow it.
    connection.refusals.readRefusal(error);
    isRefused = true;
  }
  yield* resolveEmpty(connection, empty);
  for (const mail of listWaiting(waiting, set)) {
    if (isRefused) yield* fetchAlone(connection, mail, query);
    else yield { kind: 'gone', mail };
  }
}

/** Fetches something of each mail, of many in one command, and tells of each mail once. */
export async function* fetchContents(
  connection: ImapConnection,
  mails: readonly ListedMail[],
  query: ContentQuery,
): Contents {
  const waiting: Waiting = new Map(mails.map((mail) => [parseUid(mail), mail]));
  for (const set of planUidSets([...waiting.keys()], connection.limits)) {
    yield* fetchSet(connection, set, { waiting, query });
  }
}

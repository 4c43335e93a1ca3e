import { Readable } from 'node:stream';
import type { FetchedMail, ListedMail } from '../../mail/ports/mailbox-ports.ts';
import { type ContentQuery, type FetchedContent, fetchContents } from './fetch-contents.ts';
import type { ImapConnection } from './imap-connection.ts';
import { planFetches } from './plan-fetches.ts';
import { readParts } from './read-parts.ts';

// QUIRK(icloud): gives nothing for RFC822; BODY.PEEK[] is what imapflow asks for.
const WHOLE: ContentQuery = {
  items: { uid: true, source: true },
  findContent: (row) => row.source,
};

/** A mail that is larger than its server listed it is a stream all the same: readers count on it. */
const createFetchedMail = (fetched: FetchedContent, maxBufferedBytes: number): FetchedMail =>
  fetched.kind === 'content' && fetched.content.length > maxBufferedBytes
    ? { ...fetched, content: Readable.from([fetched.content], { objectMode: false }) }
    : fetched;

/**
 * Reads mails by BODY.PEEK[], which sets no flag: small ones whole and many in one command, large
 * ones in parts.
 */
export async function* readMails(
  connection: ImapConnection,
  mails: readonly ListedMail[],
  maxBufferedBytes: number,
): AsyncGenerator<FetchedMail, void, undefined> {
  const { batchBytes } = connection.limits;
  for (const fetch of planFetches(mails, { maxBufferedBytes, batchBytes })) {
    if (fetch.kind === 'parts') yield* readParts(connection, fetch.mail);
    else {
      for await (const fetched of fetchContents(connection, fetch.mails, WHOLE)) {
        yield createFetchedMail(fetched, maxBufferedBytes);
      }
    }
  }
}

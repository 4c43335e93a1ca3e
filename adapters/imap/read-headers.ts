import type { ListedHeader, ListedMail } from '../../mail/ports/mailbox-ports.ts';
import { type ContentQuery, fetchContents } from './fetch-contents.ts';
import type { ImapConnection } from './imap-connection.ts';

// RFC 5322 section 3.6.8: what a field may be called.
const FIELD_NAME = /^[!-9;-~]+$/;

function createQuery(fields: readonly string[] | undefined): ContentQuery {
  // SECURITY: anything else could end the command.
  if (fields?.some((field) => !FIELD_NAME.test(field)) === true) {
    throw new RangeError('expected names of header fields');
  }
  const headers = fields === undefined ? true : [...fields];
  return { items: { uid: true, headers }, findContent: (row) => row.headers };
}

/**
 * Reads headers by BODY.PEEK, many in one command. A header that the server refuses to hand out is
 * empty, so that its mail is not taken for gone.
 *
 * @throws {RangeError} When a field's name is none.
 */
export async function* readHeaders(
  connection: ImapConnection,
  mails: readonly ListedMail[],
  fields?: readonly string[],
): AsyncGenerator<ListedHeader, void, undefined> {
  for await (const fetched of fetchContents(connection, mails, createQuery(fields))) {
    switch (fetched.kind) {
      case 'content':
        yield { mail: fetched.mail, header: fetched.content };
        break;
      case 'refused':
        yield { mail: fetched.mail, header: Buffer.alloc(0) };
        break;
      case 'gone':
        break;
    }
  }
}

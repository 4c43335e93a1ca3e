import { decodeHeaderBytes, parseHeaderBlock, type RawHeaderField } from './header-block.ts';

/** LIMIT: bytes of a mail that are read to find whom it is for; few mails have as much of headers. */
export const MAX_HEAD_BYTES = 256 * 1024;

/** Header fields by which a mail is known: every mail has the first two (RFC 5322 section 3.6). */
const TELLING_FIELDS = ['from', 'date', 'received', 'return-path', 'message-id'];

/**
 * Reads the header fields at the beginning of a file; a mail with more headers gives those that are
 * there.
 *
 * @returns undefined when it does not begin as a mail does.
 */
export function readMailHead(bytes: Buffer): readonly RawHeaderField[] | undefined {
  const text = decodeHeaderBytes(bytes);
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const fields = parseHeaderBlock(text.slice(0, end));
  const isMail = fields.some(({ name }) => TELLING_FIELDS.includes(name.toLowerCase()));
  return isMail ? fields : undefined;
}

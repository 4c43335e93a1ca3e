import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import {
  type AddressObject,
  type AttachmentStream,
  type EmailAddress,
  type HeaderLines,
  type Headers,
  MailParser,
  type MessageText,
} from 'mailparser';
import type { MailAddress, MailAttachment } from '../../mail/contracts/mail-received.ts';
import {
  decodeHeaderBytes,
  parseHeaderBlock,
  type RawHeaderField,
  readHeaderValues,
} from '../../mail/message/header-block.ts';
import { LimitExceededError } from '../../mail/errors.ts';
import { parseDate } from '../../mail/message/parse-date.ts';
import { parseMessageIds } from '../../mail/message/parse-message-ids.ts';
import type { ReadMail } from '../../mail/message/read-mail.ts';
import type { MimeParser } from '../../mail/ports/ports.ts';

/** Everything off that converts or guesses; `checksumAlgo: false` spares hashing what we do not keep. */
const OPTIONS = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  keepCidLinks: true,
  keepDeliveryStatus: true,
  checksumAlgo: false,
} as const;

const isAddressObject = (value: unknown): value is AddressObject =>
  typeof value === 'object' && value !== null && 'value' in value && Array.isArray(value.value);

const flattenAddress = ({ name, address, group }: EmailAddress): readonly MailAddress[] => [
  { name, address: address ?? '' },
  ...(group ?? []).flatMap(flattenAddress),
];

function readAddresses(headers: Headers, name: string): MailAddress[] {
  const header = headers.get(name);
  const objects = Array.isArray(header) ? header : [header];
  return objects.filter(isAddressObject).flatMap(({ value }) => value.flatMap(flattenAddress));
}

/** QUIRK(mailparser): lines come as binary strings, one character a byte, still folded. */
const readFields = (lines: HeaderLines): RawHeaderField[] =>
  lines.flatMap(({ line }) => parseHeaderBlock(decodeHeaderBytes(Buffer.from(line, 'latin1'))));

/** QUIRK(mailparser): `contentType` is guessed from the name for octet-stream; this is what was sent. */
function readDeclaredType({ headers, contentType }: AttachmentStream): string {
  const declared = headers.get('content-type');
  const value = typeof declared === 'object' && 'value' in declared ? declared.value : undefined;
  return (typeof value === 'string' && value !== '' ? value : contentType).toLowerCase();
}

async function measureAttachment(
  attachment: AttachmentStream,
  signal: AbortSignal,
): Promise<MailAttachment> {
  let bytes = 0;
  attachment.content.on('data', (piece: Buffer) => (bytes += piece.length));
  // QUIRK(mailparser): when the parser is destroyed, the open attachment neither ends nor fails.
  await finished(attachment.content, { signal });
  return {
    name: attachment.filename ?? null,
    type: readDeclaredType(attachment),
    bytes,
    // QUIRK(mailparser): a mail that is one attachment has no part number; RFC 3501 calls it 1.
    partPath: attachment.partId ?? '1',
    contentId: attachment.cid ?? null,
    disposition: attachment.contentDisposition === 'inline' ? 'inline' : 'attachment',
  };
}

/** What the parser gives, as it comes. */
interface Findings {
  headers: Headers;
  fields: readonly RawHeaderField[];
  text: MessageText | undefined;
  readonly attachments: MailAttachment[];
}

function assembleMail({ headers, fields, text, attachments }: Findings): ReadMail {
  const subject = headers.get('subject');
  const readIds = (name: string): string[] =>
    readHeaderValues(fields, name).flatMap(parseMessageIds);
  const [date] = readHeaderValues(fields, 'Date');
  return {
    headers: [...fields],
    from: readAddresses(headers, 'from'),
    to: readAddresses(headers, 'to'),
    cc: readAddresses(headers, 'cc'),
    subject: typeof subject === 'string' ? subject : null,
    // QUIRK(mailparser): it reads an unreadable date as the present moment.
    date: date === undefined ? null : parseDate(date),
    messageId: readIds('Message-ID')[0] ?? null,
    inReplyTo: readIds('In-Reply-To'),
    references: readIds('References'),
    // QUIRK(mailparser): with its conversions off, a body that it did not convert is ''.
    text: text?.text === undefined || text.text === '' ? null : text.text,
    html: text?.html === undefined || text.html === '' ? null : text.html,
    attachments,
  };
}

async function collectFindings(
  parser: MailParser,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  parser.on('headers', (headers) => (findings.headers = headers));
  parser.on('headerLines', (lines) => (findings.fields = readFields(lines)));
  for await (const found of parser) {
    // A MailParser yields nothing but these two; its iterator is typed `any`.
    const part = found as AttachmentStream | MessageText;
    if (part.type === 'text') {
      findings.text = part;
    } else {
      findings.attachments.push(await measureAttachment(part, signal));
      part.release?.();
    }
  }
}

/** QUIRK(mailparser): it stops at 1,000 parts and at 1 MiB of headers in one of them. */
const wrapParserError = (error: unknown): unknown =>
  error instanceof Error && 'code' in error && error.code === 'EMAXLEN'
    ? new LimitExceededError(
        'expected less than 1,000 parts, each with at most 1 MiB of headers, came more',
        { cause: error },
      )
    : error;

/**
 * Reads mail with mailparser's streaming parser. Headers, dates and message ids are read from the
 * raw header lines by our own code, because the library replaces what it cannot read.
 */
export function createMailparserMimeParser(): MimeParser {
  return {
    async readMail(source: Readable) {
      const parser = new MailParser(OPTIONS);
      const findings: Findings = {
        headers: new Map(),
        fields: [],
        text: undefined,
        attachments: [],
      };
      const broken = new AbortController();
      const feeding = pipeline(source, parser).catch((error: unknown) => {
        broken.abort(error);
        throw error;
      });
      try {
        await Promise.all([feeding, collectFindings(parser, findings, broken.signal)]);
      } catch (error) {
        throw wrapParserError(error);
      }
      return assembleMail(findings);
    },
  };
}

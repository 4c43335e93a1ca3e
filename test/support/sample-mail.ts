import { Readable } from 'node:stream';

/** A small mail with CRLF line ends. */
export const writeMail = (headers: Readonly<Record<string, string>>, body = 'Hello\r\n'): string =>
  `${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`;

export const SAMPLE_HEADERS = {
  From: 'Ann <ann@sender.example>',
  To: 'support@example.com',
  Subject: 'Printer on fire',
  Date: 'Tue, 24 Nov 2026 10:00:00 +0100',
  'Message-ID': '<one@sender.example>',
} as const;

export const SAMPLE_MAIL = writeMail(SAMPLE_HEADERS);

/** A stream of the mail in pieces of a size. */
export function streamMail(mail: string | Buffer, pieceBytes = 64 * 1024): Readable {
  const bytes = typeof mail === 'string' ? Buffer.from(mail) : mail;
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        yield bytes.subarray(at, at + pieceBytes);
      }
    })(),
  );
}

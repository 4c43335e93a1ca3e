/** The mail that a design's cost is told for: 20 KB, the text wrapped as mail programs do. */
const MAIL_BYTES = 20 * 1024;

const createHeaders = (index: number, type: string): string =>
  [
    'From: "Ann Sender" <ann@sender.example>',
    'To: Support <support@example.com>',
    `Subject: Your order 4711-${index} has left our house`,
    'Date: Tue, 24 Nov 2026 10:00:00 +0100',
    `Message-ID: <0f9cd1a2-${index}@mail.sender.example>`,
    'MIME-Version: 1.0',
    'DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=mail; c=relaxed/relaxed;',
    ` h=From:To:Subject:Date:Message-ID; bh=${'b'.repeat(44)}; b=${'s'.repeat(344)}`,
    `Content-Type: ${type}`,
    '',
    '',
  ].join('\r\n');

const LINE = 'A line of the length that people and programs alike write in mails.\r\n';

/** Lines up to so many bytes. */
const fill = (bytes: number): string => LINE.repeat(Math.max(0, Math.floor(bytes / LINE.length)));

/** A mail of 20 KB of text; no two are alike. */
export function createPlainMail(index: number): string {
  const headers = createHeaders(index, 'text/plain; charset=utf-8');
  return headers + fill(MAIL_BYTES - headers.length);
}

/** A mail of 20 KB, half of it an attachment. */
export function createMailWithAttachment(index: number): string {
  const headers = createHeaders(index, 'multipart/mixed; boundary="part"');
  const bytes = Buffer.alloc(7 * 1024, `invoice ${index}`).toString('base64');
  const encoded = bytes.replace(/.{76}/g, '$&\r\n');
  const attachment = [
    '--part',
    'Content-Type: application/pdf',
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="invoice-${index}.pdf"`,
    '',
    encoded,
    '--part--',
    '',
  ].join('\r\n');
  const opening = '--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n';
  const text = fill(MAIL_BYTES - headers.length - opening.length - attachment.length);
  return `${headers}${opening}${text}\r\n${attachment}`;
}

/** Every other mail has an attachment. */
export const createSampleMail = (index: number): string =>
  index % 2 === 0 ? createPlainMail(index) : createMailWithAttachment(index);

import { createHash } from 'node:crypto';

const MAILS = 2000;
const MAIL_BYTES = 43_000_000;

/** Bytes that do not compress, the same ones each time. */
const createNoise = (seed: number, bytes: number): Buffer =>
  createHash('shake256', { outputLength: bytes }).update(String(seed)).digest();

/** A mail with an attachment that does not compress; its lines end with CRLF. */
export function createBenchMail(index: number, bytes: number): Buffer {
  const head = [
    `From: Sender ${index} <sender${index}@example.com>`,
    'To: archive@example.com',
    `Subject: Invoice ${index}`,
    `Message-ID: <bench-${index}@example.com>`,
    'Date: Tue, 24 Nov 2026 09:00:00 +0000',
    'Content-Type: application/pdf',
    'Content-Transfer-Encoding: base64',
    '',
    '',
  ].join('\r\n');
  const content = createNoise(index, Math.max(1, Math.floor(((bytes - head.length) * 57) / 78)));
  const lines = content.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  return Buffer.from(`${head}${lines}\r\n`);
}

/** 2,000 mails of 43 MB: nine in ten are small, as in a mailbox that gets invoices. */
export const createBenchMails = (): readonly Buffer[] =>
  Array.from({ length: MAILS }, (_, index) => {
    const mean = MAIL_BYTES / MAILS;
    return createBenchMail(index, index % 10 === 0 ? mean * 6.4 : mean * 0.4);
  });

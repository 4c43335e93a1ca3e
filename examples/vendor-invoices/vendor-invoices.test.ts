import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeExample, parseLines } from '../../test/support/start-example.ts';
import configuration from './postroom.config.ts';

const INVOICE = readFileSync('events/mail/invoice-with-pdf.eml', 'utf8').replace(/\r?\n/g, '\r\n');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const writeInvoice = (from: string, id: string, ...pdfs: readonly Buffer[]): string =>
  [
    `From: ${from}`,
    'To: invoices@example.com',
    `Subject: Invoice ${id}`,
    'Date: Tue, 24 Nov 2026 10:00:00 +0000',
    `Message-ID: <${id}@vendor.example>`,
    'Content-Type: multipart/mixed; boundary=b',
    '',
    ...pdfs.flatMap((pdf) => [
      '--b',
      'Content-Type: application/octet-stream',
      'Content-Disposition: attachment; filename="../../etc/Invoice.PDF"',
      'Content-Transfer-Encoding: base64',
      '',
      pdf.toString('base64').replace(/.{76}/g, '$&\r\n'),
    ]),
    '--b--',
    '',
  ].join('\r\n');

const EXAMPLE = {
  example: 'vendor-invoices',
  mailbox: 'vendor-invoices',
  queue: 'invoices',
  configuration,
};

describeExample(EXAMPLE, (start) => {
  it('saves the PDF of a vendor, byte for byte', async () => {
    const { folder, receive, runConsumer } = await start();
    await receive([INVOICE]);
    const [saved] = parseLines(await runConsumer());
    const [file = ''] = readdirSync(folder);
    const pdf = readFileSync(join(folder, file));
    expect(pdf.subarray(0, 9).toString()).toBe('%PDF-1.4\n');
    expect(pdf.subarray(-6).toString()).toBe('%%EOF\n');
    expect(saved).toEqual({ file, bytes: pdf.length, sha256: sha256(pdf) });
  });

  it('takes PDFs that are called octet-stream, and no path from a mail', async () => {
    const { folder, receive, runConsumer } = await start();
    const pdfs = [Buffer.from('%PDF-1 one'), Buffer.from('%PDF-1 two')];
    await receive([writeInvoice('a@northwind-freight.example', '1', ...pdfs)]);
    expect(parseLines(await runConsumer())).toMatchObject(
      pdfs.map((pdf) => ({ sha256: sha256(pdf) })),
    );
    const names = readdirSync(folder);
    expect(names).toHaveLength(2);
    expect(names.filter((name) => !/^[0-9a-f]{32}\.pdf$/.test(name))).toEqual([]);
  });

  it('takes nothing from others, and leaves the mailbox as it is', async () => {
    const { room, receive, runConsumer } = await start();
    await receive([
      writeInvoice('a@stranger.example', '2', Buffer.from('%PDF')),
      writeInvoice('a@hartmann-fruit.example', '3'),
    ]);
    expect(parseLines(await runConsumer())).toEqual([]);
    expect(await room.findMailbox('vendor-invoices').listMails()).toEqual([
      { uid: 1, flags: [] },
      { uid: 2, flags: [] },
    ]);
  });

  it('writes the same file again when a mail is handled twice', async () => {
    const { room, folder, receive, runConsumer } = await start();
    await receive([INVOICE]);
    const [message = ''] = await room.drain('invoices');
    await room.sendAgain('invoices', message);
    const first = parseLines(await runConsumer());
    expect(first).toHaveLength(1);
    const [file = ''] = readdirSync(folder);
    writeFileSync(join(folder, file), 'half');
    await room.sendAgain('invoices', message);
    expect(parseLines(await runConsumer())).toEqual(first);
    expect(readdirSync(folder)).toEqual([file]);
  });

  it('saves an invoice of 3 MB', async () => {
    const { receive, runConsumer } = await start();
    const pdf = Buffer.alloc(3_000_000, '%PDF-1.4 ');
    await receive([writeInvoice('a@hartmann-fruit.example', '4', pdf)]);
    expect(parseLines(await runConsumer())).toMatchObject([
      { bytes: 3_000_000, sha256: sha256(pdf) },
    ]);
  });
});

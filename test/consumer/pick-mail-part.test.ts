import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as yieldToStreams } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import { pickMailPart } from '../../consumer/pick-mail-part.ts';
import { streamMail } from '../support/sample-mail.ts';

const lines = (...all: readonly string[]): string => all.join('\r\n');

/** Parts 1, 2.1, 2.2, and 3, a mail of its own that is attached. */
const NESTED = lines(
  'From: ann@sender.example',
  'Content-Type: multipart/mixed; boundary=outer',
  '',
  'preamble',
  '--outer',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=C3=BC=C3=9Fe',
  '--outer',
  'Content-Type: multipart/mixed; boundary=inner',
  '',
  '--inner',
  'Content-Type: application/pdf; name=a.pdf',
  'Content-Transfer-Encoding: base64',
  'Content-Disposition: attachment; filename=a.pdf',
  '',
  'JVBERi0x',
  'LjQK',
  '--inner',
  'Content-Type: text/csv; name=b.csv',
  'Content-Disposition: attachment; filename=b.csv',
  '',
  '1;2',
  '',
  '--inner--',
  '--outer',
  'Content-Type: message/rfc822',
  'Content-Disposition: attachment; filename=inner.eml',
  '',
  'Subject: inner',
  '',
  'Hello',
  '--outer--',
  '',
);

const MAILS = new Map([
  ['nested', NESTED],
  ...readdirSync('events/mail')
    .filter((name) => name.endsWith('.eml'))
    .map((name) => [name, readFileSync(`events/mail/${name}`, 'utf8')] as const),
]);

const MIB = 1024 * 1024;

/** A mail with an attachment of so many MiB of base64, made while it is read. */
function createLargeMail(mebibytes: number) {
  const told = { bytes: 0 };
  const line = Buffer.from(`${'QUJD'.repeat(19)}\r\n`.repeat(512));
  const head = lines(
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: application/pdf',
    'Content-Transfer-Encoding: base64',
    '',
    '',
  );
  function* write(): Generator<Buffer> {
    yield Buffer.from(head);
    while (told.bytes < mebibytes * MIB) {
      told.bytes += line.length;
      yield line;
    }
    yield Buffer.from('\r\n--b--\r\n');
  }
  return { told, source: Readable.from(write()) };
}

const whenClosed = (source: Readable): Promise<unknown> =>
  new Promise((resolve) => source.once('close', resolve));

describe('picking a part out of a mail', () => {
  it.each([
    ['1', 'Grüße'],
    ['2.1', '%PDF-1.4\n'],
    ['2.2', '1;2\r\n'],
    ['3', 'Subject: inner\r\n\r\nHello'],
  ])('gives part %s with its transfer encoding undone', async (partPath, expected) => {
    expect(await text(await pickMailPart(streamMail(NESTED), partPath))).toBe(expected);
  });

  it('gives the same, however the bytes are cut', async () => {
    for (let pieceBytes = 1; pieceBytes < 40; pieceBytes += 1) {
      const part = await pickMailPart(streamMail(NESTED, pieceBytes), '2.1');
      expect(await text(part), `pieces of ${pieceBytes}`).toBe('%PDF-1.4\n');
    }
  });

  it('calls the body of a mail that is one part 1', async () => {
    const mail = lines('Content-Type: application/pdf', '', '%PDF');
    expect(await text(await pickMailPart(streamMail(mail), '1'))).toBe('%PDF');
  });

  it('gives nothing for a part that is empty', async () => {
    const mail = lines('Content-Type: multipart/mixed; boundary=b', '', '--b', '', '--b--', '');
    expect(await text(await pickMailPart(streamMail(mail), '1'))).toBe('');
  });

  it.each([...MAILS])(
    'finds each attachment that an event names, with as many bytes: %s',
    async (_name, mail) => {
      const { attachments } = await createMailparserMimeParser().readMail(streamMail(mail));
      const found = await Promise.all(
        attachments.map(async ({ partPath }) => {
          const part = await buffer(await pickMailPart(streamMail(mail), partPath));
          return { partPath, bytes: part.length };
        }),
      );
      expect(found).toEqual(attachments.map(({ partPath, bytes }) => ({ partPath, bytes })));
    },
  );

  it.each(['2', '4', '2.3', '1.1', ''])('refuses part "%s", which is not there', async (path) => {
    await expect(pickMailPart(streamMail(NESTED), path)).rejects.toMatchObject({
      code: 'part-missing',
    });
  });

  it('refuses a mail with more parts than Postroom reads', async () => {
    const mail = lines(
      'Content-Type: multipart/mixed; boundary=b',
      ...Array.from({ length: 1001 }, () => '\r\n--b\r\n'),
    );
    await expect(pickMailPart(streamMail(mail), '9999')).rejects.toMatchObject({
      code: 'mail-unreadable',
    });
  });
});

describe('a large part', () => {
  it('is read as fast as its reader, and no faster', async () => {
    const { told, source } = createLargeMail(10);
    const part = await pickMailPart(source, '1');
    let read = 0;
    let mostAhead = 0;
    for await (const piece of part) {
      read += (piece as Buffer).length;
      await yieldToStreams();
      mostAhead = Math.max(mostAhead, told.bytes - (read / 3) * 4);
    }
    // Three bytes of four, and the two of a line's end among 78 are none.
    expect(Math.round((read / (told.bytes * (76 / 78))) * 4)).toBe(3);
    // The line ends that are read before their line is decoded count as ahead: one byte of 39.
    expect(mostAhead - (told.bytes * 2) / 78).toBeLessThan(MIB);
  });

  it('ends the source when its reader leaves', async () => {
    const { told, source } = createLargeMail(10);
    const part = await pickMailPart(source, '1');
    const closed = whenClosed(source);
    await once(part, 'data');
    part.destroy();
    await closed;
    expect(told.bytes).toBeLessThan(MIB);
  });

  it('ends the source when it is destroyed before it was read', async () => {
    const { source } = createLargeMail(10);
    const closed = whenClosed(source);
    (await pickMailPart(source, '1')).destroy();
    await closed;
  });

  it('ends the source when the part is over and other parts follow', async () => {
    const source = streamMail(NESTED.replace('--outer--', 'x'.repeat(4 * MIB)), 16);
    const closed = whenClosed(source);
    await text(await pickMailPart(source, '1'));
    await closed;
    expect(source.readableEnded).toBe(false);
  });

  it('fails when the source breaks off in the middle', async () => {
    const { source } = createLargeMail(10);
    const part = await pickMailPart(source, '1');
    part.once('data', () => source.destroy(new Error('connection reset')));
    await expect(buffer(part)).rejects.toThrow('connection reset');
  });

  it('fails when the source breaks off before the part', async () => {
    const source = new Readable({ read: () => undefined });
    source.push(NESTED.slice(0, 60));
    source.destroy(new Error('connection reset'));
    await expect(pickMailPart(source, '2.1')).rejects.toThrow('connection reset');
  });
});

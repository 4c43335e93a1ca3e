import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMailparserMimeParser } from '../../../adapters/mime/mailparser-mime-parser.ts';
import { readRawMail } from '../../../mail/message/read-raw-mail.ts';
import { SAMPLE_HEADERS, streamMail, writeMail } from '../../support/sample-mail.ts';

const mime = createMailparserMimeParser();
const read = (mail: string | Buffer, pieceBytes?: number) =>
  mime.readMail(streamMail(mail, pieceBytes));

const part = (headers: Readonly<Record<string, string>>, body: string): string =>
  `--cut\r\n${writeMail(headers, `${body}\r\n`)}`;

const MULTIPART = { ...SAMPLE_HEADERS, 'Content-Type': 'multipart/mixed; boundary=cut' };

const MIXED = writeMail(
  MULTIPART,
  [
    part({ 'Content-Type': 'text/plain; charset=utf-8' }, 'Grüße'),
    part(
      {
        'Content-Type': 'application/octet-stream; name="a.pdf"',
        'Content-Disposition': 'attachment; filename="a.pdf"',
        'Content-Transfer-Encoding': 'base64',
      },
      Buffer.from('12345').toString('base64'),
    ),
    part(
      {
        'Content-Type': 'IMAGE/PNG',
        'Content-Disposition': 'inline',
        'Content-ID': '<logo@x>',
      },
      'PNG',
    ),
    '--cut--\r\n',
  ].join(''),
);

describe('the mailparser adapter', () => {
  it('reads headers in order as sent, and decodes what people read', async () => {
    const mail = await read(
      writeMail({
        Received: 'from a\r\n by b',
        From: '=?utf-8?q?J=C3=B6rg?= <joerg@sender.example>',
        To: 'Team: a@x.example, B <b@x.example>;',
        Cc: 'c@x.example',
        Subject: '=?iso-8859-1?q?Gr=FC=DFe?=',
        'In-Reply-To': '<0@x>',
        References: '<0@x>\r\n <1@x>',
      }),
    );
    expect(mail.headers.slice(0, 2)).toEqual([
      { name: 'Received', value: 'from a by b' },
      { name: 'From', value: '=?utf-8?q?J=C3=B6rg?= <joerg@sender.example>' },
    ]);
    expect(mail).toMatchObject({
      from: [{ name: 'Jörg', address: 'joerg@sender.example' }],
      to: [
        { name: 'Team', address: '' },
        { name: '', address: 'a@x.example' },
        { name: 'B', address: 'b@x.example' },
      ],
      cc: [{ name: '', address: 'c@x.example' }],
      subject: 'Grüße',
      date: null,
      messageId: null,
      inReplyTo: ['0@x'],
      references: ['0@x', '1@x'],
      text: 'Hello\n',
    });
  });

  it('measures attachments and says where they stand', async () => {
    const { text, attachments } = await read(MIXED);
    expect(text).toBe('Grüße');
    expect(attachments).toEqual([
      {
        name: 'a.pdf',
        type: 'application/octet-stream',
        bytes: 5,
        partPath: '2',
        contentId: null,
        disposition: 'attachment',
      },
      {
        name: null,
        type: 'image/png',
        bytes: 3,
        partPath: '3',
        contentId: 'logo@x',
        disposition: 'inline',
      },
    ]);
  });

  it('numbers the one part of a mail that is an attachment 1', async () => {
    const { attachments, text } = await read(
      writeMail({ ...SAMPLE_HEADERS, 'Content-Type': 'application/pdf' }, 'PDF'),
    );
    expect(attachments).toMatchObject([{ partPath: '1', type: 'application/pdf', bytes: 3 }]);
    expect(text).toBeNull();
  });

  it('leaves HTML as it came and makes no text of it', async () => {
    const html = '<p>See http://x.example <img src="cid:logo@x"></p>';
    const mail = await read(writeMail({ ...SAMPLE_HEADERS, 'Content-Type': 'text/html' }, html));
    expect(mail).toMatchObject({ text: null, html });
  });

  it('invents no date for one that cannot be read', async () => {
    expect((await read(writeMail({ ...SAMPLE_HEADERS, Date: 'soon' }))).date).toBeNull();
  });

  it('gives the same wherever the stream is cut', async () => {
    const whole = await read(MIXED);
    for (let pieceBytes = 1; pieceBytes < 60; pieceBytes += 7) {
      expect(await read(MIXED, pieceBytes)).toEqual(whole);
    }
  });

  it('holds no attachment: 8 MiB stream through without being kept', async () => {
    const source = new PassThrough();
    const reading = mime.readMail(source);
    source.write(writeMail({ ...SAMPLE_HEADERS, 'Content-Type': 'application/pdf' }, ''));
    const piece = Buffer.alloc(64 * 1024, 'x');
    let mostBuffered = 0;
    for (let count = 0; count < 128; count += 1) {
      if (!source.write(piece)) await new Promise((resolve) => source.once('drain', resolve));
      mostBuffered = Math.max(mostBuffered, source.writableLength);
    }
    source.end();
    expect((await reading).attachments).toMatchObject([{ bytes: 8 * 1024 * 1024 }]);
    expect(mostBuffered).toBeLessThanOrEqual(128 * 1024);
  });

  it('reads whatever comes without throwing', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        '--cut',
        '--cut--',
        '',
        'Content-Type: multipart/mixed; boundary=cut',
        'Date: x',
      ),
      fc.constantFrom('Content-Transfer-Encoding: base64', 'From: <', 'Subject: =?x?q?=?=', 'a: b'),
      fc.string({ maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const raw = Buffer.from(lines.join('\r\n'));
        const { bytes } = await readRawMail(streamMail(raw), mime, { maxBytes: 10_000 });
        expect(bytes).toBe(raw.length);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it.each([
    ['999 parts', writeMail(MULTIPART, part({}, '').repeat(999)), false],
    ['1,000 parts', writeMail(MULTIPART, part({}, '').repeat(1000)), true],
    ['1 MB of headers', writeMail({ ...SAMPLE_HEADERS, X: 'x'.repeat(1_000_000) }), false],
    ['1.1 MB of headers', writeMail({ ...SAMPLE_HEADERS, X: 'x'.repeat(1_100_000) }), true],
  ])('says of a mail with %s whether it is above a limit', async (_, mail, isAbove) => {
    const reading = readRawMail(streamMail(mail), mime, { maxBytes: 10_000_000 });
    if (isAbove) await expect(reading).rejects.toMatchObject({ code: 'limit-exceeded' });
    else expect(await reading).toMatchObject({ bytes: mail.length });
  });

  it.each([
    ['the headers', 50],
    ['an attachment', MIXED.indexOf('MTIz')],
  ])('fails with the error of a source that breaks in %s', async (_, at) => {
    const source = new PassThrough();
    const reading = readRawMail(source, mime, { maxBytes: 10_000 });
    source.write(MIXED.slice(0, at));
    source.destroy(new Error('connection reset'));
    await expect(reading).rejects.toThrow('connection reset');
    expect(source.destroyed).toBe(true);
  });
});

import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMailStamper } from '../../local/ses/create-mail-stamper.ts';

const MAIL = 'Subject: a\r\n b\r\nX: 1\r\n\r\nbody\r\n\r\nmore\r\n';

async function stampMail(pieces: readonly Buffer[], maxBytes = 1000) {
  const { stream, readFields } = createMailStamper(
    { maxBytes },
    (fields) => `Seen: ${fields.length}\r\n`,
  );
  const [stamped] = await Promise.all([
    buffer(stream),
    pipeline(Readable.from(pieces, { objectMode: false }), stream),
  ]);
  return { stamped: stamped.toString(), fields: readFields() };
}

describe('the stamp before a mail', () => {
  it('stands before the unchanged mail, wherever its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(MAIL.length), { maxLength: 6 }), async (cuts) => {
        const bytes = Buffer.from(MAIL);
        const edges = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
        const pieces = edges
          .slice(1)
          .map((end, index) => bytes.subarray(edges[index], end))
          .filter((piece) => piece.length > 0);
        const { stamped } = await stampMail(pieces);
        expect(stamped).toBe(`Seen: 2\r\n${MAIL}`);
      }),
    );
  });

  it('is read with the fields of the mail', async () => {
    const { fields } = await stampMail([Buffer.from(MAIL)]);
    expect(fields).toEqual([
      { name: 'Seen', value: '2' },
      { name: 'Subject', value: 'a b' },
      { name: 'X', value: '1' },
    ]);
  });

  it.each([
    ['no body', 'Subject: a\r\n', 'Seen: 1\r\nSubject: a\r\n'],
    ['bare line feeds', 'Subject: a\n\nb', 'Seen: 1\r\nSubject: a\n\nb'],
    ['nothing at all', '', 'Seen: 0\r\n'],
  ])('stands before a mail with %s', async (_what, mail, stamped) => {
    expect((await stampMail(mail === '' ? [] : [Buffer.from(mail)])).stamped).toBe(stamped);
  });

  it('passes headers on that are larger than what is held of them', async () => {
    const mail = `X: ${'y'.repeat(400 * 1024)}\r\n\r\nbody`;
    const { stamped } = await stampMail([Buffer.from(mail)], 1024 * 1024);
    expect(stamped).toBe(`Seen: 1\r\n${mail}`);
  });

  it('takes headers in the smallest pieces without reading them again at each', async () => {
    const pieces = Array.from({ length: 60_000 }, () => Buffer.from('X:\r\n'));
    const start = performance.now();
    const { fields } = await stampMail([...pieces, Buffer.from('\r\nbody')], 1024 * 1024);
    expect(fields).toHaveLength(60_001);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it.each([
    [MAIL.length - 1, false],
    [MAIL.length, true],
    [MAIL.length + 1, true],
  ])('with room for %d bytes lets the mail pass: %s', async (maxBytes, passes) => {
    const stamping = stampMail([Buffer.from(MAIL)], maxBytes);
    if (passes) expect((await stamping).stamped).toContain('more');
    else await expect(stamping).rejects.toThrow(`expected at most ${maxBytes} bytes, came`);
  });
});

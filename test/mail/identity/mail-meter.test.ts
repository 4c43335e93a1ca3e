import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LimitExceededError } from '../../../mail/errors.ts';
import { createMailMeter, type MailMeasure } from '../../../mail/identity/mail-meter.ts';
import { createRelaxedBodyHasher } from '../../../mail/identity/relaxed-body-hash.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, streamMail, writeMail } from '../../support/sample-mail.ts';

const discard = (): Writable =>
  new Writable({
    write(_piece, _encoding, done) {
      done();
    },
  });

async function measure(mail: string | Buffer, pieceBytes?: number): Promise<MailMeasure> {
  const meter = createMailMeter({ maxBytes: 1024 * 1024 });
  await pipeline(streamMail(mail, pieceBytes), meter.stream, discard());
  return meter.readMeasure();
}

const readContentId = async (mail: string): Promise<string | null> =>
  (await measure(mail)).contentId;

describe('createMailMeter', () => {
  it('gives a mail the same id wherever its stream is cut', async () => {
    const whole = await measure(SAMPLE_MAIL);
    expect(whole.contentId).toMatch(/^m1-[0-9a-f]{16}-[0-9a-f]{64}$/);
    for (let pieceBytes = 1; pieceBytes < 40; pieceBytes += 1) {
      expect(await measure(SAMPLE_MAIL, pieceBytes)).toEqual(whole);
    }
  });

  it('gives the same id for a copy with other line ends, folding and trace headers', async () => {
    const copy = SAMPLE_MAIL.replace('Subject: Printer on fire', 'Subject: Printer\r\n on fire');
    const relayed = `Received: from a by b\r\nReturn-Path: <x@y>\r\n${copy}\r\n\r\n`;
    expect(await readContentId(relayed.replaceAll('\r\n', '\n'))).toBe(
      await readContentId(SAMPLE_MAIL),
    );
  });

  it.each(['From', 'To', 'Subject', 'Date', 'Message-ID'])(
    'gives another id when %s differs',
    async (name) => {
      const changed = writeMail({ ...SAMPLE_HEADERS, [name]: 'another' });
      expect(await readContentId(changed)).not.toBe(await readContentId(SAMPLE_MAIL));
    },
  );

  it('gives another id when the body differs, whatever the Message-ID says', async () => {
    const forged = writeMail(SAMPLE_HEADERS, 'Pay here\r\n');
    expect(await readContentId(forged)).not.toBe(await readContentId(SAMPLE_MAIL));
  });

  it('gives no id to a mail that nothing tells from another like it', async () => {
    expect(await readContentId(writeMail({ From: 'a@b.example' }))).toBeNull();
  });

  it('takes a mail that is all header', async () => {
    const { bytes, contentId } = await measure('Subject: x\r\nMessage-ID: <a@b>\r\n');
    expect(bytes).toBe(31);
    expect(contentId).toMatch(/^m1-/);
  });

  it('holds no more of a header than 256 KiB', async () => {
    const long = writeMail({ ...SAMPLE_HEADERS, 'X-Long': 'x'.repeat(300_000) });
    expect(await readContentId(long)).toBe(await readContentId(SAMPLE_MAIL));
  });

  it.each([
    [99, false],
    [100, false],
    [101, true],
  ])('stops a mail above the limit of 100 bytes (%i bytes)', async (bytes, isRefused) => {
    const meter = createMailMeter({ maxBytes: 100 });
    const streaming = pipeline(streamMail('x'.repeat(bytes), 7), meter.stream, discard());
    if (isRefused) await expect(streaming).rejects.toBeInstanceOf(LimitExceededError);
    else await expect(streaming).resolves.toBeUndefined();
  });
});

/** DKIM's relaxed body as its text says it, on the whole body at once. */
function canonicalizeWhole(body: string): string {
  const lines = body.split(/\r?\n/).map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${line}\r\n`).join('');
}

describe('createRelaxedBodyHasher', () => {
  it('hashes the example of RFC 6376 section 3.4.5', () => {
    const hash = createHash('sha256');
    const hasher = createRelaxedBodyHasher(hash);
    hasher.update(Buffer.from(' C \r\nD \t E\r\n\r\n\r\n'));
    hasher.finish();
    expect(hash.digest('hex')).toBe(createHash('sha256').update(' C\r\nD E\r\n').digest('hex'));
  });

  it('agrees with the whole body, however it is cut', () => {
    const piece = fc.stringMatching(/^[ab \t\r\n]{0,12}$/);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const hash = createHash('sha256');
        const hasher = createRelaxedBodyHasher(hash);
        for (const part of pieces) hasher.update(Buffer.from(part));
        hasher.finish();
        const expected = createHash('sha256').update(canonicalizeWhole(pieces.join('')));
        expect(hash.digest('hex')).toBe(expected.digest('hex'));
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('takes more empty lines than it may hold', () => {
    const hash = createHash('sha256');
    const hasher = createRelaxedBodyHasher(hash);
    hasher.update(Buffer.from(`a${'\n'.repeat(5000)}b`));
    hasher.finish();
    const expected = createHash('sha256').update(`a${'\r\n'.repeat(5000)}b\r\n`);
    expect(hash.digest('hex')).toBe(expected.digest('hex'));
  });
});

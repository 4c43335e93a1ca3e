import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { peekMail } from '../../local/drop/peek-mail.ts';
import { peekLocalQueue } from '../../local/queues.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, streamMail, writeMail } from '../support/sample-mail.ts';
import { createFolder, startTestRun, type TestRun } from './fixture.ts';

/** Puts a file into the drop folder as a person does who moves it there. */
function dropFile(
  { stateFolder }: Pick<TestRun, 'stateFolder'>,
  name: string,
  text: string,
): string {
  const folder = join(stateFolder, 'drop');
  const whole = join(stateFolder, `whole-${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(whole, text);
  renameSync(whole, join(folder, name));
  return join(folder, name);
}

describe('the drop folder of the local run', () => {
  it('lets in a mail that is put there, and moves it to done', async () => {
    const test = await startTestRun();
    const file = dropFile(test, 'Scan 1+2 (ü).eml', SAMPLE_MAIL);
    const [mail] = await test.waitFor('mail');
    expect(mail).toMatchObject({
      from: 'ann@sender.example',
      to: ['support@example.com'],
      subject: 'Printer on fire',
      queue: 'support',
    });
    const [message] = (await peekLocalQueue(test.run.endpoints, 'postroom-test-support')) ?? [];
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      arrival: { door: 'drop', raw: { key: expect.stringMatching(/^raw\/drop\/drop-/) as string } },
      envelope: { source: 'headers' },
    });
    await expect.poll(() => existsSync(file)).toBe(false);
    expect(readdirSync(join(test.stateFolder, 'drop', 'done'))).toEqual(['Scan 1+2 (ü).eml']);
  });

  it('leaves what is no mail where it is, says so once, and lets in what follows', async () => {
    const test = await startTestRun();
    const file = dropFile(test, 'a.eml', '%PDF-1.7');
    const [trouble] = await test.waitFor('trouble');
    expect(trouble?.message).toBe(
      `${file}: expected a raw mail (.eml), came another file; it stays where it is`,
    );
    dropFile(test, 'b.eml', SAMPLE_MAIL);
    await test.waitFor('mail');
    expect(existsSync(file)).toBe(true);
    expect(test.events.filter(({ event }) => event === 'trouble')).toHaveLength(1);
  });

  it('lets in what was put there while no run was', async () => {
    const stateFolder = join(createFolder(), 'state');
    dropFile({ stateFolder }, 'early.eml', SAMPLE_MAIL);
    const test = await startTestRun({ stateFolder });
    expect(await test.waitFor('mail')).toHaveLength(1);
  });

  it('swallows the same mail the second time, and says so', async () => {
    const test = await startTestRun();
    dropFile(test, 'one.eml', SAMPLE_MAIL);
    await test.waitFor('mail');
    dropFile(test, 'two.eml', SAMPLE_MAIL);
    const [, repeat] = await test.waitFor('mail', 2);
    expect(repeat).toMatchObject({ queue: null, outcome: 'repeat' });
    expect(await peekLocalQueue(test.run.endpoints, 'postroom-test-support')).toHaveLength(1);
  });

  it('leaves files alone that are not called a mail', async () => {
    const test = await startTestRun();
    const other = dropFile(test, 'notes.txt', SAMPLE_MAIL);
    dropFile(test, 'mail.eml', writeMail({ ...SAMPLE_HEADERS, Subject: 'After' }));
    const [mail] = await test.waitFor('mail');
    expect(mail?.subject).toBe('After');
    expect(existsSync(other)).toBe(true);
  });
});

describe('a look at what may be a mail', () => {
  it.each([1, 100, 64 * 1024])(
    'loses nothing of a mail in pieces of %i bytes',
    async (pieceBytes) => {
      const mail = writeMail(SAMPLE_HEADERS, 'x'.repeat(1000));
      const body = await peekMail(streamMail(mail, pieceBytes));
      expect(body === undefined ? undefined : String(await buffer(body))).toBe(mail);
    },
  );

  it('loses nothing of a mail that is larger than its beginning', async () => {
    const mail = Buffer.from(writeMail(SAMPLE_HEADERS, 'y'.repeat(600 * 1024)));
    const body = await peekMail(streamMail(mail));
    expect(body === undefined ? 0 : (await buffer(body)).equals(mail)).toBe(true);
  });

  it('finds none in another file, and closes that', async () => {
    const source = Readable.from([Buffer.from('%PDF-1.7')]);
    expect(await peekMail(source)).toBeUndefined();
    expect(source.destroyed).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { PostroomError } from '../../../mail/errors.ts';
import { gather } from './fixture.ts';
import { listed, openScripted, openScriptedFolder, readTexts, SHORT } from './open-scripted.ts';
import { literalRow, ok, type Script, type ScriptedAnswer } from './scripted-imap.ts';

const FETCHED: ScriptedAnswer = (command) =>
  command.args.includes('RFC822.SIZE')
    ? `* 1 FETCH (UID 1 RFC822.SIZE 5)\r\n* 2 FETCH (UID 2 RFC822.SIZE 7)\r\n${ok(command)}`
    : literalRow(1, 'BODY[]', 'a\r\nb\r') + literalRow(2, 'BODY[]', 'OK )}{\n') + ok(command);

const TWO_MAILS: Script = { answers: { 'UID FETCH': FETCHED } };

const TEXTS = [
  ['1', 'a\r\nb\r'],
  ['2', 'OK )}{\n'],
] as const;

/** Everything that a poll does. */
async function poll(script: Script) {
  const { session, server } = await openScripted(script, { limits: { stepMs: SHORT } });
  await session.openFolder('INBOX');
  const mails = await gather(session.listMails({ kind: 'range', firstUid: 1, lastUid: 3 }));
  const texts = await readTexts(session, mails);
  await session.close();
  return { texts, server };
}

describe('a server whose answers come in pieces', () => {
  it.each([1, 2, 3, 5, 7, 64])('is understood in pieces of %i bytes', async (chunkBytes) => {
    expect((await poll({ ...TWO_MAILS, chunkBytes })).texts).toEqual(TEXTS);
  });
});

describe('a server that closes', () => {
  it('fails the poll by a known error, wherever it does, and never gives half a mail', async () => {
    const { server } = await poll(TWO_MAILS);
    // From the tagged answer to LOGOUT on, the poll is over.
    const lengthBytes = server.writtenBytes() - '* BYE bye\r\n7 OK done\r\n'.length;
    const outcomes = new Set<string>();
    for (let dropAfterBytes = 0; dropAfterBytes < lengthBytes; dropAfterBytes += 1) {
      const outcome = await poll({ ...TWO_MAILS, dropAfterBytes }).then(
        () => `all was well after ${dropAfterBytes} bytes`,
        (error: unknown) => (error instanceof PostroomError ? error.code : String(error)),
      );
      outcomes.add(outcome);
    }
    expect([...outcomes]).toEqual(['peer-unavailable']);
  });
});

describe('a server that falls silent', () => {
  const greeting = '* OK [CAPABILITY IMAP4rev1 NAMESPACE] ready\r\n';

  it.each([
    ['before it greets', 0, 'GREETING_TIMEOUT', undefined],
    ['after it greeted', greeting.length, 'TimeoutError', 'silence'],
  ])('is left when it does so %s', async (_title, stallAfterBytes, name, step) => {
    const script = { greeting, stallAfterBytes };
    const failure = await openScripted(script, { limits: { stepMs: SHORT } }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'peer-unavailable',
      fields: { name, ...(step === undefined ? {} : { step }) },
    });
  });

  it('is left when it never begins with TLS', async () => {
    const script = { stallAfterBytes: 0 };
    const options = {
      limits: { stepMs: SHORT },
      server: { security: 'implicit-tls' },
    } as const;
    await expect(openScripted(script, options)).rejects.toMatchObject({
      code: 'peer-unavailable',
      fields: { name: 'CONNECT_TIMEOUT' },
    });
  });

  it('is left in the middle of a mail', async () => {
    const { server } = await poll(TWO_MAILS);
    const stallAfterBytes = server.writtenBytes() - 60;
    await expect(poll({ ...TWO_MAILS, stallAfterBytes })).rejects.toMatchObject({
      code: 'peer-unavailable',
      fields: { name: 'TimeoutError', step: 'silence' },
    });
  });

  it('is left when it trickles for ever', async () => {
    const answers: Script['answers'] = {
      'UID FETCH': () => `* OK ${'still here '.repeat(10_000)}`,
    };
    const stepMs = { ...SHORT, silence: 5000 };
    const session = await openScriptedFolder({ answers, chunkBytes: 1 }, { limits: { stepMs } });
    await expect(readTexts(session, listed(5))).rejects.toMatchObject({
      code: 'peer-unavailable',
      fields: { name: 'TimeoutError', step: 'command' },
    });
  });

  it('is left when the whole session has lasted too long', async () => {
    const stepMs = { ...SHORT, total: 100, silence: 5000, command: 5000, open: 5000 };
    const answers: Script['answers'] = { 'UID FETCH': () => '' };
    const session = await openScriptedFolder({ answers }, { limits: { stepMs } });
    await expect(readTexts(session, listed(5))).rejects.toMatchObject({
      fields: { name: 'TimeoutError', step: 'total' },
    });
  });

  it('says the same at every later call', async () => {
    const answers: Script['answers'] = { 'UID FETCH': () => '' };
    const session = await openScriptedFolder({ answers }, { limits: { stepMs: SHORT } });
    await expect(readTexts(session, listed(5))).rejects.toMatchObject({
      fields: { step: 'silence' },
    });
    await expect(session.openFolder('INBOX')).rejects.toMatchObject({
      fields: { step: 'silence' },
    });
  });
});

describe('a server that sends too much', () => {
  const limits = { literalBytes: 100, lineBytes: 200 };

  it.each([
    ['below', 99, [['1', 'x'.repeat(99)]]],
    ['at', 100, [['1', 'x'.repeat(100)]]],
  ])('is read with a literal %s the limit', async (_title, bytes, texts) => {
    const session = await openScriptedFolder(
      { answers: { 'UID FETCH': (it) => literalRow(1, 'BODY[]', 'x'.repeat(bytes)) + ok(it) } },
      { limits },
    );
    expect(await readTexts(session, listed(bytes))).toEqual(texts);
  });

  it('is left with a literal above the limit, before that has come', async () => {
    const announced = '* 1 FETCH (UID 1 BODY[] {101}\r\n';
    const session = await openScriptedFolder(
      { answers: { 'UID FETCH': () => announced } },
      { limits },
    );
    await expect(readTexts(session, listed(101))).rejects.toMatchObject({
      code: 'peer-protocol',
      fields: { name: 'LiteralTooLarge' },
    });
  });

  it('is left with a line above the limit', async () => {
    const session = await openScriptedFolder(
      { answers: { 'UID FETCH': () => `* OK ${'x'.repeat(200)}\r\n` } },
      { limits },
    );
    await expect(readTexts(session, listed(5))).rejects.toMatchObject({
      code: 'peer-protocol',
      fields: { name: 'LineTooLarge' },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { createMail, gather, MIB } from './fixture.ts';
import { listed, openScripted, openScriptedFolder, readTexts } from './open-scripted.ts';
import { literalRow, ok, type ScriptedAnswer } from './scripted-imap.ts';

const ALL = { kind: 'range', firstUid: 1, lastUid: 3 } as const;

/** A session whose server answers every UID FETCH so. */
const openFetching = (answer: ScriptedAnswer, limits = {}) =>
  openScriptedFolder({ answers: { 'UID FETCH': answer } }, { limits, maxBufferedBytes: 100 });

async function listIds(answer: ScriptedAnswer) {
  const session = await openFetching(answer);
  return (await gather(session.listMails(ALL))).map(({ id, bytes }) => [id, bytes]);
}

describe('a listing', () => {
  it('is in order and has each mail once, however the server tells them', async () => {
    const ids = await listIds(
      (command) =>
        '* 3 FETCH (UID 3 RFC822.SIZE 30)\r\n* 1 FETCH (UID 1 RFC822.SIZE 10)\r\n' +
        `* 3 FETCH (UID 3 RFC822.SIZE 30)\r\n${ok(command)}`,
    );
    expect(ids).toEqual([
      ['1', 10],
      ['3', 30],
    ]);
  });

  it('has no mail that was not asked for', async () => {
    const ids = await listIds(
      (command) =>
        `* 9 FETCH (UID 9 RFC822.SIZE 90)\r\n* 1 FETCH (UID 1 RFC822.SIZE 10)\r\n${ok(command)}`,
    );
    expect(ids).toEqual([['1', 10]]);
  });

  it('has a mail whose size the server leaves out, and takes flags in between for what they are', async () => {
    const ids = await listIds(
      (command) =>
        '* 1 FETCH (UID 1 RFC822.SIZE 10)\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n' +
        `* 2 FETCH (UID 2 FLAGS ())\r\n* 3 FETCH (FLAGS ())\r\n${ok(command)}`,
    );
    expect(ids).toEqual([
      ['1', 10],
      ['2', 0],
    ]);
  });

  it.each([
    ['OBJECTID', 'EMAILID (M6d99ac3275bb4e)', 'M6d99ac3275bb4e'],
    ['X-GM-EXT-1', 'X-GM-MSGID 1278455344230334865', '1278455344230334865'],
  ])('has the id that %s gives a mail in all folders', async (capability, item, serverId) => {
    const session = await openScriptedFolder({
      capabilities: [capability],
      answers: {
        'UID FETCH': (command) => `* 1 FETCH (UID 1 RFC822.SIZE 5 ${item})\r\n${ok(command)}`,
      },
    });
    const [mail] = await gather(session.listMails(ALL));
    expect(mail?.serverId).toBe(serverId);
  });

  it('leaves an unreadable time of arrival open', async () => {
    const session = await openFetching(
      (command) => `* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE "soon")\r\n${ok(command)}`,
    );
    const [mail] = await gather(session.listMails(ALL));
    expect(mail).toEqual({ id: '1', bytes: 5, serverId: undefined, receivedAtMs: undefined });
  });
});

describe('a folder', () => {
  const answerOpen =
    (...lines: readonly string[]): ScriptedAnswer =>
    (command) =>
      `${lines.map((line) => `* ${line}\r\n`).join('')}${ok(command, '[READ-WRITE] open')}`;

  it('without UIDVALIDITY is refused: its mails cannot be told apart', async () => {
    const { session } = await openScripted({
      answers: { SELECT: answerOpen('3 EXISTS', 'OK [UIDNEXT 4] ok') },
    });
    await expect(session.openFolder('INBOX')).rejects.toMatchObject({ code: 'mailbox-unsuitable' });
  });

  it('without UIDNEXT is asked for its last mail', async () => {
    const { session } = await openScripted({
      answers: {
        SELECT: answerOpen('3 EXISTS', 'OK [UIDVALIDITY 7] ok'),
        FETCH: (command) => `* 3 FETCH (UID 41)\r\n${ok(command)}`,
      },
    });
    expect((await session.openFolder('INBOX')).nextUid).toBe(42);
  });

  it('without UIDNEXT and without mail begins with the first UID', async () => {
    const { session } = await openScripted({
      answers: { SELECT: answerOpen('0 EXISTS', 'OK [UIDVALIDITY 7] ok') },
    });
    expect((await session.openFolder('INBOX')).nextUid).toBe(1);
  });

  it('that the server cannot open now is not taken for missing', async () => {
    const { session } = await openScripted({
      answers: {
        SELECT: ({ tag }) => `${tag} NO [INUSE] locked\r\n`,
        LIST: (command) => `* LIST () "/" "Bills"\r\n${ok(command)}`,
      },
    });
    await expect(session.openFolder('Bills')).rejects.toMatchObject({
      code: 'peer-unavailable',
      fields: { peer: 'IMAP', status: 'NO', responseCode: 'INUSE' },
    });
  });
});

describe('a mail', () => {
  it('that is larger than listed comes as a stream all the same', async () => {
    const text = 'x'.repeat(101);
    const session = await openFetching((command) => literalRow(1, 'BODY[]', text) + ok(command));
    for await (const fetched of session.readMails(listed(5))) {
      expect(fetched.kind === 'content' && Buffer.isBuffer(fetched.content)).toBe(false);
    }
    expect(await readTexts(session, listed(5))).toEqual([['1', text]]);
  });

  it('that nobody asked for is passed over', async () => {
    const session = await openFetching(
      (command) => literalRow(9, 'BODY[]', 'no') + literalRow(1, 'BODY[]', 'yes') + ok(command),
    );
    expect(await readTexts(session, listed(5))).toEqual([['1', 'yes']]);
  });

  it('that comes twice is read once', async () => {
    const session = await openFetching(
      (command) => literalRow(1, 'BODY[]', 'yes') + literalRow(1, 'BODY[]', 'no') + ok(command),
    );
    expect(await readTexts(session, listed(5))).toEqual([['1', 'yes']]);
  });

  it('that is empty and was listed so is read', async () => {
    const session = await openFetching((command) => literalRow(1, 'BODY[]', '') + ok(command));
    expect(await readTexts(session, listed(0))).toEqual([['1', '']]);
  });

  it.each([
    ['an empty literal', '{0}\r\n'],
    ['NIL', 'NIL'],
    ['an empty string', '""'],
  ])('of which the server gives %s is refused, and its folder goes on', async (_title, nothing) => {
    const session = await openFetching((command) =>
      command.args.includes('BODY.PEEK[]')
        ? `* 1 FETCH (UID 1 BODY[] ${nothing})\r\n${literalRow(2, 'BODY[]', 'fine')}${ok(command)}`
        : `* 1 FETCH (UID 1)\r\n${ok(command)}`,
    );
    expect(await readTexts(session, listed(5, 5))).toEqual([
      ['2', 'fine'],
      ['1', 'refused EMPTY'],
    ]);
  });

  it('of which the server gives nothing because it was expunged is gone', async () => {
    const session = await openFetching((command) =>
      command.args.includes('BODY.PEEK[]')
        ? `* 1 FETCH (UID 1 BODY[] NIL)\r\n${ok(command)}`
        : ok(command),
    );
    expect(await readTexts(session, listed(5))).toEqual([['1', 'gone']]);
  });
});

describe('a large mail', () => {
  const TEXT = createMail('large', 900).toString();
  const limits = { partialBytes: 400 };
  const readStart = (args: string): number => Number(/<(\d+)\./.exec(args)?.[1]);

  /** A server that keeps to what partials are (RFC 3501 section 6.4.5), save for what a test bends. */
  const answerPart =
    (bend: (part: string, start: number) => string = (part) => part): ScriptedAnswer =>
    (command) => {
      const start = readStart(command.args);
      const part = bend(TEXT.slice(start, start + 400), start);
      return literalRow(1, `BODY[]<${start}>`, part) + ok(command);
    };

  it.each([
    ['exact', TEXT.length],
    ['too small', 200],
    ['too large', TEXT.length + 5000],
  ])('is read to its end where its listed size is %s', async (_title, bytes) => {
    const session = await openFetching(answerPart(), limits);
    expect(await readTexts(session, listed(bytes))).toEqual([['1', TEXT]]);
  });

  it('is read to its end where it ends with a part', async () => {
    const text = TEXT.slice(0, 800);
    const session = await openFetching((command) => {
      const start = readStart(command.args);
      return literalRow(1, `BODY[]<${start}>`, text.slice(start, start + 400)) + ok(command);
    }, limits);
    expect(await readTexts(session, listed(800))).toEqual([['1', text]]);
  });

  it('is whole where the server cuts its parts short', async () => {
    const session = await openFetching(
      answerPart((part) => part.slice(0, 150)),
      limits,
    );
    expect(await readTexts(session, listed(TEXT.length))).toEqual([['1', TEXT]]);
  });

  it.each([
    ['exact', TEXT.length],
    ['too large', TEXT.length + 5000],
  ])('is read once where the server ignores partials, its size %s', async (_title, bytes) => {
    const answer: ScriptedAnswer = (command) => literalRow(1, 'BODY[]', TEXT) + ok(command);
    const ignoring = await openFetching(answer, limits);
    expect(await readTexts(ignoring, listed(bytes))).toEqual([['1', TEXT]]);
    const inOne = await openFetching(answer, { partialBytes: 2 * MIB });
    expect(await readTexts(inOne, listed(bytes))).toEqual([['1', TEXT]]);
  });

  it('is gone where it is not there any more', async () => {
    const session = await openFetching(ok, limits);
    expect(await readTexts(session, listed(900))).toEqual([['1', 'gone']]);
  });

  it('is refused where the server refuses its first part', async () => {
    const session = await openFetching(({ tag }) => `${tag} NO cannot read it\r\n`, limits);
    expect(await readTexts(session, listed(900))).toEqual([['1', 'refused NO']]);
  });

  it.each([
    ['is gone', (command) => ok(command)],
    ['is NIL', (command) => `* 1 FETCH (UID 1 BODY[]<400> NIL)\r\n${ok(command)}`],
    ['is refused', ({ tag }) => `${tag} NO cannot read it\r\n`],
  ] as const satisfies readonly (readonly [string, ScriptedAnswer])[])(
    'fails, and does not end, where a later part %s',
    async (_title, answerLater) => {
      const session = await openFetching(
        (command) => (readStart(command.args) === 0 ? answerPart()(command) : answerLater(command)),
        limits,
      );
      await expect(readTexts(session, listed(900))).rejects.toMatchObject({
        code: 'peer-unavailable',
      });
    },
  );

  it('fails where a later part is longer than what was asked for', async () => {
    const session = await openFetching(
      answerPart((part, start) => (start === 0 ? part : part.padEnd(401, 'x'))),
      limits,
    );
    await expect(readTexts(session, listed(900))).rejects.toMatchObject({ code: 'peer-protocol' });
  });

  it('fails where it never ends', async () => {
    const session = await openFetching(
      (command) =>
        literalRow(1, `BODY[]<${readStart(command.args)}>`, 'x'.repeat(400)) + ok(command),
      { ...limits, mailBytes: 2000 },
    );
    await expect(readTexts(session, listed(900))).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('that is left in the middle does not hold up the next one', async () => {
    const session = await openFetching(
      (command) =>
        command.args.startsWith('2 ')
          ? literalRow(2, 'BODY[]', 'next') + ok(command)
          : answerPart()(command),
      limits,
    );
    const kinds: string[] = [];
    for await (const { kind, mail } of session.readMails(listed(900, 5))) {
      kinds.push(`${mail.id} ${kind}`);
    }
    expect(kinds).toEqual(['1 content', '2 content']);
  });
});

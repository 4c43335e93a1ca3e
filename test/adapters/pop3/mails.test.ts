import { describe, expect, it } from 'vitest';
import {
  collect,
  listAll,
  openTestSession,
  readAll,
  type TestSessionOptions,
} from './open-session.ts';
import { type ScriptedMailbox, startScriptedMailbox } from './scripted-mailbox.ts';

const MAILS = [
  'Subject: one\r\n\r\nText\r\n',
  'Subject: two\r\n\r\n',
  'Subject: one\r\n\r\nText\r\n',
];

async function openScripted(mailbox: ScriptedMailbox, options: Partial<TestSessionOptions> = {}) {
  const { server, heard } = await startScriptedMailbox({ mails: MAILS, ...mailbox });
  return { session: await openTestSession({ server, ...options }), heard };
}

async function listIds(mailbox: ScriptedMailbox): Promise<readonly string[]> {
  const { session } = await openScripted(mailbox);
  return (await listAll(session)).map(({ id }) => id);
}

describe('ids of mails in POP3', () => {
  it('are the unique-ids of the server', async () => {
    expect(await listIds({})).toEqual(['uid1', 'uid2', 'uid3']);
  });

  it('are of the header where there is no UIDL, and of a copy also of its place', async () => {
    const [one = '', two, copy] = await listIds({ answers: { UIDL: '-ERR\r\n' } });
    expect(one).toMatch(/^header [0-9a-f]{64}$/);
    expect(two).not.toBe(one);
    expect(copy).toBe(`${one} 2`);
  });

  it('are the same again', async () => {
    const mailbox = { answers: { UIDL: '-ERR\r\n' } };
    expect(await listIds(mailbox)).toEqual(await listIds(mailbox));
  });

  it('are of the header for all mails that share a unique-id', async () => {
    const UIDL = '+OK\r\n1 same\r\n2 same\r\n3 other\r\n.\r\n';
    expect(await listIds({ answers: { UIDL } })).toEqual([
      expect.stringMatching(/^header /),
      expect.stringMatching(/^header /),
      'other',
    ]);
  });

  it('follow the mail when those that share a unique-id change places', async () => {
    const [one = '', two = ''] = MAILS;
    const UIDL = '+OK\r\n1 same\r\n2 same\r\n.\r\n';
    const before = await listIds({ mails: [one, two], answers: { UIDL } });
    const after = await listIds({ mails: [two, one], answers: { UIDL } });
    expect(after).toEqual([...before].reverse());
  });

  it.each(['', 'a b', 'ä', 'x'.repeat(256)])(
    'are of the header for the unique-id %j',
    async (uid) => {
      const [first] = await listIds({
        answers: { UIDL: `+OK\r\n1 ${uid}\r\n2 b\r\n3 c\r\n.\r\n` },
      });
      expect(first).toMatch(/^header /);
    },
  );

  it('are listed although the header is refused', async () => {
    const answers = { UIDL: '-ERR\r\n', 'TOP 2 0': '-ERR\r\n' };
    expect(await listIds({ answers })).toHaveLength(3);
  });

  it('cannot be made without UIDL and without TOP', async () => {
    const answers = { UIDL: '-ERR\r\n', TOP: '-ERR\r\n' };
    const { session } = await openScripted({ capabilities: [], answers });
    await expect(listAll(session)).rejects.toMatchObject({ code: 'mailbox-unsuitable' });
  });
});

describe('mails in POP3', () => {
  it('are read by RETR where there is no TOP', async () => {
    const { session, heard } = await openScripted({ capabilities: ['UIDL'] });
    expect(await readAll(session)).toEqual(MAILS);
    expect(heard.filter((line) => line.startsWith('RETR'))).toHaveLength(3);
  });

  it('are read again by RETR when TOP gives less than LIST said', async () => {
    const answers = { 'TOP 1 99999999': '+OK\r\nSubject: one\r\n\r\n.\r\n' };
    const { session, heard } = await openScripted({ answers }, { isReadOnly: false });
    expect((await readAll(session)).toSorted()).toEqual(MAILS.toSorted());
    expect(heard.filter((line) => line.startsWith('RETR'))).toEqual(['RETR 1']);
  });

  it('are read by RETR when TOP is refused', async () => {
    const answers = { 'TOP 2 99999999': '-ERR\r\n' };
    const { session, heard } = await openScripted({ answers }, { isReadOnly: false });
    expect((await readAll(session)).toSorted()).toEqual(MAILS.toSorted());
    expect(heard.filter((line) => line.startsWith('RETR'))).toEqual(['RETR 2']);
  });

  it('are never read by RETR in a session that is to look only, when there is TOP', async () => {
    const answers = { 'TOP 1 99999999': '+OK\r\n.\r\n', 'TOP 2 99999999': '-ERR\r\n' };
    const { session, heard } = await openScripted({ answers }, { maxBufferedBytes: 8 });
    expect(await readAll(session)).toEqual(['', 'refused', MAILS[2]]);
    expect(heard.filter((line) => line.startsWith('RETR'))).toEqual([]);
  });

  it.each([
    ['below', 23, 0],
    ['at', 22, 0],
    ['above', 21, 2],
  ])(
    'are streamed by RETR when they are larger than a buffer may be: %s',
    async (_title, maxBufferedBytes, retrievals) => {
      const { session, heard } = await openScripted({}, { isReadOnly: false, maxBufferedBytes });
      await readAll(session);
      expect(heard.filter((line) => line.startsWith('RETR'))).toHaveLength(retrievals);
    },
  );

  it('are refused with the code that the server gives', async () => {
    const answers = { 'RETR 1': '-ERR [SYS/TEMP] no\r\n', 'RETR 2': '-ERR no\r\n' };
    const { session } = await openScripted({ capabilities: ['UIDL'], answers });
    const fetched = await collect(session.readMails(await listAll(session)));
    expect(fetched).toMatchObject([
      { kind: 'refused', code: 'SYS/TEMP' },
      { kind: 'refused', code: 'ERR' },
      { kind: 'content' },
    ]);
  });

  it('are gone when the server does not list them, of which it is asked once', async () => {
    const { session, heard } = await openScripted({});
    const stranger = { id: 'x', bytes: 1, serverId: undefined, receivedAtMs: undefined };
    expect(await collect(session.readMails([stranger]))).toEqual([
      { kind: 'gone', mail: stranger },
    ]);
    expect(await collect(session.readHeaders([stranger]))).toEqual([]);
    expect(heard.slice(2)).toEqual(['LIST', 'UIDL']);
  });

  it('have a header up to the empty line, even when TOP gives more', async () => {
    const answers = {
      'TOP 1 0': '+OK\r\nA: b\r\n\r\nText\r\n\r\n.\r\n',
      'TOP 2 0': '+OK\r\nA: b\r\n.\r\n',
    };
    const { session } = await openScripted({ answers });
    const headers = await collect(session.readHeaders(await listAll(session)));
    expect(headers.map(({ header }) => header.toString())).toEqual([
      'A: b\r\n\r\n',
      'A: b\r\n',
      'Subject: one\r\n\r\n',
    ]);
  });

  it('are read on after a stream that was left', async () => {
    const { session } = await openScripted({}, { maxBufferedBytes: 8 });
    const kinds = [];
    for await (const fetched of session.readMails(await listAll(session))) {
      kinds.push(fetched.kind);
      if (fetched.kind === 'content' && !Buffer.isBuffer(fetched.content))
        fetched.content.destroy();
    }
    expect(kinds).toEqual(['content', 'content', 'content']);
    expect(await session.openFolder('INBOX')).toMatchObject({ mails: 3 });
  });
});

describe('a POP3 mailbox', () => {
  it('has INBOX alone', async () => {
    const { session } = await openScripted({});
    expect(await session.listFolders()).toEqual([
      { path: 'INBOX', specialUse: undefined, delimiter: undefined },
    ]);
    expect(await session.openFolder('inbox')).toMatchObject({ path: 'INBOX' });
    await expect(session.openFolder('Junk')).rejects.toMatchObject({ code: 'folder-missing' });
  });

  it('cannot be searched', async () => {
    const { session } = await openScripted({});
    const listing = session.listMails({ kind: 'range', firstUid: 1, lastUid: 2 });
    await expect(collect(listing)).rejects.toMatchObject({ code: 'mailbox-unsuitable' });
  });

  it('goes on when a command was refused', async () => {
    const { session } = await openScripted({ answers: { STAT: '-ERR [SYS/TEMP] later\r\n' } });
    await expect(session.openFolder('INBOX')).rejects.toMatchObject({
      code: 'peer-unavailable',
      fields: { peer: 'POP3', command: 'STAT', responseCode: 'SYS/TEMP' },
    });
    expect(await listAll(session)).toHaveLength(3);
  });
});

describe('a deletion in POP3', () => {
  const open = (answers: Record<string, string> = {}) =>
    openScripted({ answers }, { isReadOnly: false });

  it('is of the named mails, once', async () => {
    const { session, heard } = await open();
    const [one, two, three] = await listAll(session);
    if (one === undefined || two === undefined || three === undefined) throw new Error('missing');
    await session.changeMails([three, one, one], { kind: 'delete' });
    await session.changeMails([one], { kind: 'delete' });
    await session.close();
    expect(heard.slice(-3)).toEqual(['DELE 3', 'DELE 1', 'QUIT']);
  });

  it('is never asked for in a session that is to look only', async () => {
    const { session, heard } = await openScripted({});
    const mails = await listAll(session);
    await expect(session.changeMails(mails, { kind: 'delete' })).rejects.toMatchObject({
      code: 'mailbox-read-only',
    });
    await session.close();
    expect(heard.filter((line) => line.startsWith('DELE'))).toEqual([]);
  });

  it.each([
    { kind: 'mark-seen' },
    { kind: 'flag', flag: 'Done' },
    { kind: 'move', folder: 'Done' },
  ] as const)('is the one change that there is: not $kind', async (change) => {
    const { session } = await open();
    await expect(session.changeMails(await listAll(session), change)).rejects.toMatchObject({
      code: 'mailbox-unsuitable',
    });
  });

  it('fails for one mail and is asked for the others', async () => {
    const { session, heard } = await open({ 'DELE 1': '-ERR no\r\n' });
    await expect(
      session.changeMails(await listAll(session), { kind: 'delete' }),
    ).rejects.toMatchObject({ code: 'peer-unavailable', fields: { command: 'DELE' } });
    expect(heard.slice(-3)).toEqual(['DELE 1', 'DELE 2', 'DELE 3']);
    await session.close();
  });

  it('is not done when QUIT is refused', async () => {
    const { session } = await open({ QUIT: '-ERR some were not removed\r\n' });
    await session.changeMails(await listAll(session), { kind: 'delete' });
    const closing = { code: 'peer-unavailable', fields: { peer: 'POP3', deletions: 3 } };
    await expect(session.close()).rejects.toMatchObject(closing);
    await expect(session.close()).rejects.toMatchObject(closing);
  });

  it('is not done when the session was cut off', async () => {
    const { session } = await open();
    await session.changeMails(await listAll(session), { kind: 'delete' });
    session.abort();
    await expect(session.close()).rejects.toMatchObject({ code: 'peer-unavailable' });
  });

  it('is all that a server which spoke out of turn can spoil at the end', async () => {
    const { session } = await open({ STAT: '+OK 0 0\r\n+OK\r\n' });
    await session.openFolder('INBOX');
    await expect(session.close()).resolves.toBeUndefined();
  });

  it('is all that the answer to QUIT is awaited for', async () => {
    const { session, heard } = await open({ QUIT: '' });
    await session.close();
    await session.close();
    await expect.poll(() => heard.at(-1)).toBe('QUIT');
  });
});

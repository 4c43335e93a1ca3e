import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  FetchedMail,
  ListedMail,
  MailboxChange,
  MailboxSession,
} from '../../mail/ports/mailbox-ports.ts';
import { dovecot } from '../support/dovecot/dovecot.ts';
import { type Dovecot, startDovecot } from '../support/dovecot/start-dovecot.ts';
import {
  createDovecotUnderTest,
  createMemoryUnderTest,
  type MailboxUnderTest,
} from '../support/mailbox-under-test.ts';
import { describeWith } from '../support/requirement.ts';

const createMail = (subject: string, text = 'Hello'): string =>
  `From: ann@sender.example\r\nSubject: ${subject}\r\nX-Mark: ${subject}\r\n\r\n${text}\r\n`;

/** A mail of so many bytes. */
const createSizedMail = (bytes: number): string => {
  const empty = createMail('sized', '').length;
  return createMail('sized', 'x'.repeat(bytes - empty));
};

async function gather<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const gathered: Item[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

/** Takes one item and leaves. */
async function readFirst<Item>(items: AsyncIterable<Item>): Promise<Item | undefined> {
  for await (const item of items) return item;
  return undefined;
}

async function list(session: MailboxSession): Promise<readonly ListedMail[]> {
  await session.openFolder('INBOX');
  return gather(session.listMails({ kind: 'all' }));
}

async function readText(fetched: FetchedMail): Promise<string> {
  if (fetched.kind !== 'content') return fetched.kind;
  const { content } = fetched;
  if (Buffer.isBuffer(content)) return content.toString('latin1');
  // The stream of a session has no encoding.
  return Buffer.concat((await gather(content)) as readonly Buffer[]).toString('latin1');
}

/** The texts of mails, or what became of them, by their ids. */
async function readTexts(
  session: MailboxSession,
  mails: readonly ListedMail[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for await (const fetched of session.readMails(mails)) {
    texts.set(fetched.mail.id, await readText(fetched));
  }
  return texts;
}

/** The texts of mails in the order in which they are asked for. */
async function readInOrder(
  session: MailboxSession,
  mails: readonly ListedMail[],
): Promise<readonly (string | undefined)[]> {
  const texts = await readTexts(session, mails);
  return mails.map(({ id }) => texts.get(id));
}

const CHANGES: readonly MailboxChange[] = [
  { kind: 'delete' },
  { kind: 'mark-seen' },
  { kind: 'flag', flag: '\\Flagged' },
  { kind: 'move', folder: 'Archive' },
];

/** What every session with a mailbox does, whatever it speaks. */
function describeSession(createMailbox: () => MailboxUnderTest): void {
  const createFilled = (...mails: readonly string[]): MailboxUnderTest => {
    const mailbox = createMailbox();
    mailbox.deliver(...mails);
    return mailbox;
  };

  it('refuses a wrong password as such', async () => {
    const credential = { kind: 'password', user: 'anna', password: 'wrong' } as const;
    await expect(createMailbox().open({ credential })).rejects.toMatchObject({
      code: 'peer-authentication',
    });
  });

  it('has INBOX among its folders', async () => {
    const session = await createMailbox().open();
    expect((await session.listFolders()).map(({ path }) => path)).toContain('INBOX');
  });

  it('says by name that a folder is missing, and goes on', async () => {
    const session = await createFilled(createMail('one')).open();
    await expect(session.openFolder('Nowhere')).rejects.toMatchObject({ code: 'folder-missing' });
    expect(await list(session)).toHaveLength(1);
  });

  it('opens an empty folder and lists nothing', async () => {
    const session = await createMailbox().open();
    expect(await session.openFolder('INBOX')).toMatchObject({ path: 'INBOX', mails: 0 });
    expect(await gather(session.listMails({ kind: 'all' }))).toEqual([]);
  });

  it('lists mails in the order in which they came, each with its size and an id of its own', async () => {
    const mails = [createMail('first', 'a'.repeat(300)), createMail('second'), createMail('third')];
    const session = await createFilled(...mails).open();
    const listed = await list(session);
    expect(listed.map(({ bytes }) => bytes)).toEqual(mails.map(({ length }) => length));
    expect(new Set(listed.map(({ id }) => id)).size).toBe(3);
    expect(await readInOrder(session, listed)).toEqual(mails);
  });

  it('knows mails by the same ids in the next session, and new mail comes last', async () => {
    const mailbox = createFilled(createMail('one'), createMail('two'));
    const first = await mailbox.open();
    const before = await list(first);
    await first.close();
    mailbox.deliver(createMail('three'));
    const second = await mailbox.open();
    const after = await list(second);
    expect(after.slice(0, 2)).toEqual(before);
    expect(await readInOrder(second, after.slice(2))).toEqual([createMail('three')]);
  });

  it('reads a mail that an earlier session has listed, without listing again', async () => {
    const mailbox = createFilled(createMail('one'), createMail('two'));
    const first = await mailbox.open();
    const [, two] = await list(first);
    await first.close();
    if (two === undefined) throw new Error('two mails were delivered');
    const second = await mailbox.open();
    await second.openFolder('INBOX');
    const headers = await gather(second.readHeaders([two]));
    expect(headers.map(({ mail }) => mail.id)).toEqual([two.id]);
    expect(await readInOrder(second, [two])).toEqual([createMail('two')]);
  });

  it('deletes a mail that an earlier session has listed, without listing again', async () => {
    const mailbox = createFilled(createMail('one'), createMail('two'));
    const first = await mailbox.open();
    const [one] = await list(first);
    await first.close();
    if (one === undefined) throw new Error('two mails were delivered');
    const second = await mailbox.open();
    await second.openFolder('INBOX');
    await second.changeMails([one], { kind: 'delete' });
    await second.close();
    const third = await mailbox.open();
    expect(await readInOrder(third, await list(third))).toEqual([createMail('two')]);
  });

  it('says once of a mail that is gone that it is, and leaves its header out', async () => {
    const mailbox = createFilled(createMail('one'), createMail('two'));
    const first = await mailbox.open();
    const before = await list(first);
    await first.close();
    await mailbox.expunge(1);
    const second = await mailbox.open();
    await list(second);
    const fetched = await gather(second.readMails(before));
    expect(fetched.map(({ kind }) => kind).toSorted()).toEqual(['content', 'gone']);
    expect(fetched.find(({ kind }) => kind === 'gone')?.mail).toEqual(before[0]);
    const headers = await gather(second.readHeaders(before));
    expect(headers.map(({ mail }) => mail)).toEqual(before.slice(1));
  });

  it('hands mails and headers out with the listing that it was asked with', async () => {
    const session = await createFilled(createMail('one')).open();
    const listed = await list(session);
    const fetched = await gather(session.readMails(listed));
    const headers = await gather(session.readHeaders(listed));
    expect([fetched[0]?.mail, headers[0]?.mail]).toEqual([listed[0], listed[0]]);
  });

  it('reads nothing when it is asked for nothing', async () => {
    const session = await createFilled(createMail('one')).open();
    await list(session);
    expect(await gather(session.readMails([]))).toEqual([]);
    expect(await gather(session.readHeaders([]))).toEqual([]);
  });

  it('reads headers up to and with the empty line', async () => {
    const session = await createFilled(createMail('one'), createMail('two')).open();
    const headers = await gather(session.readHeaders(await list(session)));
    expect(headers.map(({ header }) => header.toString())).toEqual([
      'From: ann@sender.example\r\nSubject: one\r\nX-Mark: one\r\n\r\n',
      'From: ann@sender.example\r\nSubject: two\r\nX-Mark: two\r\n\r\n',
    ]);
  });

  it('gives the fields that are asked for, whatever their case', async () => {
    const session = await createFilled(createMail('one')).open();
    const [read] = await gather(session.readHeaders(await list(session), ['subject', 'X-MARK']));
    expect(read?.header.toString()).toContain('Subject: one\r\nX-Mark: one\r\n');
    expect(read?.header.toString()).not.toContain('Hello');
  });

  it.each([
    ['a line that is no field', 'no colon here\r\nSubject: odd\r\n\r\nbody\r\n'],
    ['no field but its sender', 'From: x\r\n\r\n'],
    ['bytes above 127 and a bare CR', 'Subject: \xe4\xf6\r odd\r\n\r\nb\xfcdy\r\n'],
    ['one line that is very long', `X-Long: ${'y'.repeat(100_000)}\r\n\r\nbody\r\n`],
    ['lines that begin with dots', 'Subject: dots\r\n\r\n..\r\n.\r\n...\r\n'],
  ])('reads mail that has %s, byte for byte, and its header', async (_title, mail) => {
    const raw = Buffer.from(mail, 'latin1').toString('latin1');
    const session = await createFilled(raw).open();
    const listed = await list(session);
    const expected = Buffer.from(raw).toString('latin1');
    expect(await readInOrder(session, listed)).toEqual([expected]);
    const [read] = await gather(session.readHeaders(listed));
    const end = expected.indexOf('\r\n\r\n') + 4;
    expect(read?.header.toString('latin1')).toBe(expected.slice(0, end));
  });

  it.each([
    ['below', 1999, 'buffer'],
    ['at', 2000, 'buffer'],
    ['above', 2001, 'stream'],
  ])(
    'hands a mail %s the bound out in the right form, byte for byte',
    async (_title, bytes, form) => {
      const mail = createSizedMail(bytes);
      const session = await createFilled(mail).open({ maxBufferedBytes: 2000 });
      const forms: string[] = [];
      const texts: string[] = [];
      for await (const fetched of session.readMails(await list(session))) {
        if (fetched.kind !== 'content') throw new Error(`expected content, came ${fetched.kind}`);
        forms.push(Buffer.isBuffer(fetched.content) ? 'buffer' : 'stream');
        texts.push(await readText(fetched));
      }
      expect(forms).toEqual([form]);
      expect(texts).toEqual([mail]);
    },
  );

  it('leaves several buffers as they are while it reads on', async () => {
    const mails = Array.from({ length: 40 }, (_, index) => createMail(`mail-${index}`));
    const session = await createFilled(...mails).open();
    const fetched = await gather(session.readMails(await list(session)));
    expect(await Promise.all(fetched.map(readText))).toEqual(mails);
  });

  it('goes on with the next mail when a stream was destroyed', async () => {
    const large = createSizedMail(300_000);
    const session = await createFilled(large, createMail('next')).open({ maxBufferedBytes: 2000 });
    const texts: string[] = [];
    for await (const fetched of session.readMails(await list(session))) {
      if (fetched.kind === 'content' && !Buffer.isBuffer(fetched.content)) {
        fetched.content.destroy();
      } else texts.push(await readText(fetched));
    }
    expect(texts).toEqual([createMail('next')]);
  });

  it('goes on after a reader that left early', async () => {
    const mails = Array.from({ length: 20 }, (_, index) => createMail(`mail-${index}`));
    const session = await createFilled(...mails).open();
    const listed = await list(session);
    await readFirst(session.readMails(listed));
    await readFirst(session.readHeaders(listed));
    expect(await readInOrder(session, listed)).toEqual(mails);
  });

  it.each([
    ['that is to look only', true],
    ['that may change the mailbox', false],
  ])('sets no flag by reading in a session %s', async (_title, isReadOnly) => {
    const mailbox = createFilled(createMail('one'));
    const session = await mailbox.open({ isReadOnly });
    const listed = await list(session);
    await gather(session.readHeaders(listed));
    await readTexts(session, listed);
    await session.close();
    expect(await mailbox.listFlags()).toEqual([[]]);
  });

  it('sets no flag by streaming a mail in a session that is to look only', async () => {
    const mailbox = createFilled(createSizedMail(5000));
    const session = await mailbox.open({ isReadOnly: true, maxBufferedBytes: 2000 });
    await readTexts(session, await list(session));
    await session.close();
    expect(await mailbox.listFlags()).toEqual([[]]);
  });

  it.each(CHANGES)('refuses to $kind when it is to look only', async (change) => {
    const mailbox = createFilled(createMail('one'));
    const session = await mailbox.open({ isReadOnly: true });
    const listed = await list(session);
    await expect(session.changeMails(listed, change)).rejects.toMatchObject({
      code: 'mailbox-read-only',
    });
    await session.close();
    expect(await mailbox.listFlags()).toEqual([[]]);
  });

  it('deletes the named mails and no other, also none that a stranger has marked', async () => {
    const mailbox = createFilled(createMail('one'), createMail('two'), createMail('three'));
    await mailbox.addFlag(2, '\\Deleted');
    const session = await mailbox.open();
    const [one, , three] = await list(session);
    if (one === undefined || three === undefined) throw new Error('three mails were delivered');
    await session.changeMails([one, three, one], { kind: 'delete' });
    await session.close();
    expect(await mailbox.listFlags()).toEqual([['\\Deleted']]);
    const next = await mailbox.open();
    expect(await readInOrder(next, await list(next))).toEqual([createMail('two')]);
  });

  it('deletes a mail that is gone already without a word', async () => {
    const mailbox = createFilled(createMail('one'), createMail('two'));
    const first = await mailbox.open();
    const [one] = await list(first);
    await first.close();
    if (one === undefined) throw new Error('two mails were delivered');
    await mailbox.expunge(1);
    const second = await mailbox.open();
    await list(second);
    await second.changeMails([one], { kind: 'delete' });
    await second.close();
    const third = await mailbox.open();
    expect(await readInOrder(third, await list(third))).toEqual([createMail('two')]);
  });

  it('changes nothing when no mail is named', async () => {
    const mailbox = createFilled(createMail('one'));
    const session = await mailbox.open();
    await list(session);
    await session.changeMails([], { kind: 'delete' });
    await session.close();
    expect(await mailbox.listFlags()).toEqual([[]]);
  });

  it('can be cut off at any time, again and after its end, and what comes then fails', async () => {
    const session = await createFilled(createMail('one')).open();
    const listed = await list(session);
    session.abort();
    session.abort();
    await expect(gather(session.readMails(listed))).rejects.toMatchObject({
      code: 'peer-unavailable',
    });
    await expect(session.openFolder('INBOX')).rejects.toMatchObject({ code: 'peer-unavailable' });
    const closed = await createMailbox().open();
    await closed.close();
    expect(() => {
      closed.abort();
    }).not.toThrow();
  });

  it('is over when its signal fires', async () => {
    const controller = new AbortController();
    const session = await createFilled(createMail('one')).open({ signal: controller.signal });
    const listed = await list(session);
    controller.abort();
    await expect(gather(session.readMails(listed))).rejects.toMatchObject({
      code: 'peer-unavailable',
    });
  });
}

/** What IMAP can do beside. */
function describeImap(createMailbox: () => MailboxUnderTest): void {
  it('tells the generation of a folder and the next UID, and no bytes', async () => {
    const mailbox = createMailbox();
    mailbox.deliver(createMail('one'), createMail('two'));
    const session = await mailbox.open();
    const opened = await session.openFolder('INBOX');
    expect(opened).toMatchObject({ mails: 2, bytes: undefined, nextUid: 3 });
    expect(opened.generation).toMatch(/^[1-9]\d*$/);
  });

  it('lists the mails of a range, both ends included', async () => {
    const mailbox = createMailbox();
    mailbox.deliver(...['a', 'b', 'c', 'd'].map((name) => createMail(name)));
    const session = await mailbox.open();
    await session.openFolder('INBOX');
    const selection = { kind: 'range', firstUid: 2, lastUid: 3 } as const;
    const ids = (await gather(session.listMails(selection))).map(({ id }) => id);
    expect(ids).toEqual(['2', '3']);
    const behind = { kind: 'range', firstUid: 5, lastUid: 900 } as const;
    expect(await gather(session.listMails(behind))).toEqual([]);
  });

  it('searches within a range', async () => {
    const mailbox = createMailbox();
    mailbox.deliver(createMail('bill one'), createMail('greeting'), createMail('bill two'));
    const session = await mailbox.open();
    await session.openFolder('INBOX');
    const criteria = { subject: 'BILL' };
    const search = { kind: 'search', criteria, firstUid: 2, lastUid: 3 } as const;
    expect((await gather(session.listMails(search))).map(({ id }) => id)).toEqual(['3']);
  });

  it('marks the named mails and no other', async () => {
    const mailbox = createMailbox();
    mailbox.deliver(createMail('one'), createMail('two'));
    const session = await mailbox.open();
    const [one, two] = await list(session);
    if (one === undefined || two === undefined) throw new Error('two mails were delivered');
    await session.changeMails([one], { kind: 'mark-seen' });
    await session.changeMails([two], { kind: 'flag', flag: 'Processed' });
    expect(await mailbox.listFlags()).toEqual([['\\Seen'], ['Processed']]);
  });

  it('moves the named mails to a folder that is created when it is missing', async () => {
    const mailbox = createMailbox();
    mailbox.deliver(createMail('one'), createMail('two'));
    const session = await mailbox.open();
    const [one] = await list(session);
    if (one === undefined) throw new Error('two mails were delivered');
    await session.changeMails([one], { kind: 'move', folder: 'Done' });
    expect(await mailbox.listFlags()).toHaveLength(1);
    expect(await mailbox.listFlags('Done')).toHaveLength(1);
  });

  it('deletes at once', async () => {
    const mailbox = createMailbox();
    mailbox.deliver(createMail('one'), createMail('two'));
    const session = await mailbox.open();
    const [one] = await list(session);
    if (one === undefined) throw new Error('two mails were delivered');
    await session.changeMails([one], { kind: 'delete' });
    session.abort();
    expect(await mailbox.listFlags()).toHaveLength(1);
  });
}

/** What holds for POP3 alone. */
function describePop3(createMailbox: () => MailboxUnderTest): void {
  it('tells how many mails and bytes there are, and no generation or UID', async () => {
    const mailbox = createMailbox();
    mailbox.deliver(createSizedMail(200), createSizedMail(300));
    const session = await mailbox.open();
    expect(await session.openFolder('INBOX')).toEqual({
      path: 'INBOX',
      generation: '',
      mails: 2,
      bytes: 500,
      nextUid: undefined,
    });
  });

  it('does not say when a mail came', async () => {
    const mailbox = createMailbox();
    mailbox.deliver(createMail('one'));
    const [one] = await list(await mailbox.open());
    expect(one?.receivedAtMs).toBeUndefined();
  });

  it('cannot search, nor list a range', async () => {
    const session = await createMailbox().open();
    await session.openFolder('INBOX');
    const range = { kind: 'range', firstUid: 1, lastUid: 2 } as const;
    const search = { kind: 'search', criteria: {}, firstUid: 1 } as const;
    for (const selection of [range, search]) {
      await expect(gather(session.listMails(selection))).rejects.toMatchObject({
        code: 'mailbox-unsuitable',
      });
    }
  });

  it.each(CHANGES.slice(1))('cannot $kind', async (change) => {
    const mailbox = createMailbox();
    mailbox.deliver(createMail('one'));
    const session = await mailbox.open();
    await expect(session.changeMails(await list(session), change)).rejects.toMatchObject({
      code: 'mailbox-unsuitable',
    });
    expect(await mailbox.listFlags()).toEqual([[]]);
  });

  it('deletes when it is closed', async () => {
    const mailbox = createMailbox();
    mailbox.deliver(createMail('one'), createMail('two'));
    const session = await mailbox.open();
    const [one] = await list(session);
    if (one === undefined) throw new Error('two mails were delivered');
    await session.changeMails([one], { kind: 'delete' });
    expect(await mailbox.listFlags()).toHaveLength(2);
    await session.close();
    expect(await mailbox.listFlags()).toHaveLength(1);
  });

  it('deletes nothing when it is cut off', async () => {
    const mailbox = createMailbox();
    mailbox.deliver(createMail('one'));
    const session = await mailbox.open();
    await session.changeMails(await list(session), { kind: 'delete' });
    session.abort();
    expect(await mailbox.listFlags()).toHaveLength(1);
  });
}

describe('a session with a mailbox in memory', () => {
  describe('like that of an IMAP server', () => {
    const createMailbox = () => createMemoryUnderTest('imap');
    describeSession(createMailbox);
    describeImap(createMailbox);
  });

  describe('like that of a POP3 server', () => {
    const createMailbox = () => createMemoryUnderTest('pop3');
    describeSession(createMailbox);
    describePop3(createMailbox);
  });
});

describeWith([dovecot], 'a session with a mailbox of Dovecot', () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot();
  });
  afterAll(() => server.stop());

  describe('by IMAP', () => {
    const createMailbox = () => createDovecotUnderTest(server.createMailbox(), 'imap');
    describeSession(createMailbox);
    describeImap(createMailbox);
  });

  describe('by POP3', () => {
    const createMailbox = () => createDovecotUnderTest(server.createMailbox(), 'pop3');
    describeSession(createMailbox);
    describePop3(createMailbox);
  });
});

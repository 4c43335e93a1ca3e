import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { MailSearch } from '../../../mail/ports/mailbox-ports.ts';
import { dovecot } from '../../support/dovecot/dovecot.ts';
import { describeWith } from '../../support/requirement.ts';
import {
  createMail,
  gather,
  listAll,
  MIB,
  openSession,
  openTappedSession,
  readContent,
  useDovecot,
} from './fixture.ts';

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const COMMAND = /^[0-9A-F]+ ((?:UID )?[A-Z]+)/;

const listCommands = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => COMMAND.exec(line)?.[1] ?? []);

describeWith([dovecot], 'IMAP sessions with Dovecot', () => {
  const getServer = useDovecot();

  it('lists folders with their special use and what divides their levels', async () => {
    const mailbox = getServer().createMailbox();
    await mailbox.createFolder('Bills/2026');
    const session = await openSession(mailbox);
    const folders = await session.listFolders();
    expect(folders).toContainEqual({ path: 'Junk', specialUse: '\\Junk', delimiter: '/' });
    expect(folders).toContainEqual({ path: 'Bills/2026', specialUse: undefined, delimiter: '/' });
    expect(folders).toContainEqual({ path: 'INBOX', specialUse: undefined, delimiter: '/' });
  });

  it('tells what a folder holds when it opens it', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver([createMail('one'), createMail('two')]);
    await mailbox.setUidValidity('INBOX', 4711);
    const session = await openSession(mailbox);
    expect(await session.openFolder('INBOX')).toEqual({
      path: 'INBOX',
      generation: '4711',
      mails: 2,
      bytes: undefined,
      nextUid: 3,
    });
  });

  it('says by name that a folder is missing', async () => {
    const session = await openSession(getServer().createMailbox());
    await expect(session.openFolder('Nowhere')).rejects.toMatchObject({ code: 'folder-missing' });
  });

  it('opens a folder whose name is not of ASCII', async () => {
    const mailbox = getServer().createMailbox();
    await mailbox.createFolder('Rechnungen & Grüße');
    const session = await openSession(mailbox);
    const folder = await session.openFolder('Rechnungen & Grüße');
    expect(folder.mails).toBe(0);
  });

  it('lists mails with their sizes and the time at which they came', async () => {
    const mailbox = getServer().createMailbox();
    const mail = createMail('one', 5000);
    mailbox.deliver([mail], { receivedAtMs: Date.UTC(2026, 10, 24, 9, 0, 0) });
    const session = await openSession(mailbox);
    expect(await listAll(session)).toEqual([
      {
        id: '1',
        bytes: mail.length,
        serverId: undefined,
        receivedAtMs: Date.UTC(2026, 10, 24, 9, 0, 0),
      },
    ]);
  });

  it('finds the mail that came between two polls, and only that', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver([createMail('one'), createMail('two')]);
    const first = await openSession(mailbox);
    const { nextUid = 0 } = await first.openFolder('INBOX');
    await first.close();
    mailbox.deliver([createMail('three')]);
    const second = await openSession(mailbox);
    const { nextUid: lastUid = 0 } = await second.openFolder('INBOX');
    const mails = await gather(
      second.listMails({ kind: 'range', firstUid: nextUid, lastUid: lastUid - 1 }),
    );
    expect(mails.map(({ id }) => id)).toEqual(['3']);
  });

  it.each([
    ['a session that reads only', true],
    ['a session that may change', false],
  ])('leaves all flags as they are in %s', async (_title, isReadOnly) => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver([createMail('small'), createMail('large', 3 * MIB)]);
    const session = await openSession(mailbox, { isReadOnly });
    const mails = await listAll(session);
    await gather(session.readHeaders(mails));
    for await (const fetched of session.readMails(mails)) {
      if (fetched.kind === 'content') await readContent(fetched.content);
    }
    await session.close();
    expect(await mailbox.listMails()).toEqual([
      { uid: 1, flags: [] },
      { uid: 2, flags: [] },
    ]);
  });

  it('reads a small mail whole and a large one as a stream, byte for byte', async () => {
    const mailbox = getServer().createMailbox();
    const [small, large] = [createMail('small', 1000), createMail('large', 5 * MIB)];
    mailbox.deliver([small, large]);
    const session = await openSession(mailbox);
    const kinds: string[] = [];
    const contents: Buffer[] = [];
    for await (const fetched of session.readMails(await listAll(session))) {
      if (fetched.kind !== 'content') throw new Error(`expected content, came ${fetched.kind}`);
      kinds.push(Buffer.isBuffer(fetched.content) ? 'buffer' : 'stream');
      contents.push(await readContent(fetched.content));
    }
    expect(kinds).toEqual(['buffer', 'stream']);
    expect(contents.map(digest)).toEqual([small, large].map(digest));
  });

  it('reads the header of malformed mail, and the fields that are asked for', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver(['no colon here\r\nSubject: odd\r\n\r\nbody\r\n', createMail('fine')]);
    const session = await openSession(mailbox);
    const mails = await listAll(session);
    const whole = await gather(session.readHeaders(mails));
    expect(whole.map(({ header }) => header.toString())).toEqual([
      'no colon here\r\nSubject: odd\r\n\r\n',
      'From: a@example.com\r\nSubject: fine\r\nMessage-ID: <fine@example.com>\r\n\r\n',
    ]);
    const fields = await gather(session.readHeaders(mails, ['subject']));
    expect(fields.map(({ header }) => header.toString())).toEqual([
      'Subject: odd\r\n\r\n',
      'Subject: fine\r\n\r\n',
    ]);
  });

  it('says that a mail is gone which another client expunged', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver([createMail('one'), createMail('two')]);
    const session = await openSession(mailbox);
    const mails = await listAll(session);
    await mailbox.expunge('INBOX', [1]);
    await session.openFolder('INBOX');
    const fetched = await gather(session.readMails(mails));
    expect(fetched.map(({ kind, mail }) => [kind, mail.id])).toEqual([
      ['content', '2'],
      ['gone', '1'],
    ]);
    expect(await gather(session.readHeaders(mails))).toHaveLength(1);
  });

  it('reads 2,000 mails, each once and in order, by one listing and one command', async () => {
    const mailbox = getServer().createMailbox();
    const mails = Array.from({ length: 2000 }, (_, index) => createMail(`mail-${index}`, 400));
    mailbox.deliver(mails);
    const { session, tap } = await openTappedSession(getServer(), mailbox);
    const contents: string[] = [];
    for await (const fetched of session.readMails(await listAll(session))) {
      if (fetched.kind === 'content') contents.push(digest(await readContent(fetched.content)));
    }
    expect(contents).toEqual(mails.map(digest));
    const reading = listCommands(tap.lines()).slice(-2);
    expect(reading).toEqual(['UID FETCH', 'UID FETCH']);
    expect(listCommands(tap.lines()).filter((name) => name.startsWith('UID'))).toEqual(reading);
  });

  it('reads a mail of 40 MB in parts', async () => {
    const mailbox = getServer().createMailbox();
    const mail = createMail('huge', 40 * 1000 * 1000);
    mailbox.deliver([mail]);
    const { session, tap } = await openTappedSession(getServer(), mailbox);
    const [fetched] = await gather(readEach(session.readMails(await listAll(session))));
    expect(fetched).toBe(digest(mail));
    expect(listCommands(tap.lines()).filter((name) => name === 'UID FETCH')).toHaveLength(1 + 20);
  });

  it('has another generation after the UIDs became void, with the same mails', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver([createMail('one')]);
    await mailbox.setUidValidity('INBOX', 1);
    const session = await openSession(mailbox);
    const before = await session.openFolder('INBOX');
    await mailbox.setUidValidity('INBOX', 2);
    const again = await openSession(mailbox);
    const after = await again.openFolder('INBOX');
    expect([before.generation, after.generation]).toEqual(['1', '2']);
    expect(await gather(again.listMails({ kind: 'all' }))).toHaveLength(1);
  });

  it('has another generation after a folder was deleted and made again', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver([createMail('one')], { folder: 'Bills' });
    await mailbox.setUidValidity('Bills', 1);
    const session = await openSession(mailbox);
    const before = await session.openFolder('Bills');
    await session.close();
    await mailbox.deleteFolder('Bills');
    const between = await openSession(mailbox);
    await expect(between.openFolder('Bills')).rejects.toMatchObject({ code: 'folder-missing' });
    await mailbox.createFolder('Bills');
    const after = await between.openFolder('Bills');
    expect(after.generation).not.toBe(before.generation);
    expect(after.mails).toBe(0);
  });

  it('searches on the server', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver([createMail('invoice'), createMail('greeting'), createMail('invoice')]);
    await mailbox.addFlags('INBOX', [1], '\\Seen Done');
    const session = await openSession(mailbox);
    await session.openFolder('INBOX');
    const search = async (criteria: MailSearch) =>
      (await gather(session.listMails({ kind: 'search', criteria, firstUid: 1 }))).map(
        ({ id }) => id,
      );
    expect(await search({ subject: 'invoice' })).toEqual(['1', '3']);
    expect(await search({ subject: 'invoice', seen: false })).toEqual(['3']);
    expect(await search({ keywords: ['Done'] })).toEqual(['1']);
    expect(await search({ subject: 'Grüße' })).toEqual([]);
    expect(await search({ header: { 'Message-ID': '<greeting@example.com>' } })).toEqual(['2']);
    expect(await search({ since: '2020-01-01', larger: 10 })).toEqual(['1', '2', '3']);
  });

  it('sends nothing but the opening to a mailbox without new mail, whatever it holds', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver(Array.from({ length: 500 }, (_, index) => createMail(`mail-${index}`)));
    const { session, tap } = await openTappedSession(getServer(), mailbox, { isReadOnly: true });
    const { nextUid = 0 } = await session.openFolder('INBOX');
    const selection = { kind: 'range', firstUid: nextUid, lastUid: nextUid - 1 } as const;
    expect(await gather(session.listMails(selection))).toEqual([]);
    await session.close();
    expect(listCommands(tap.lines())).toEqual([
      'ID',
      'AUTHENTICATE',
      'ID',
      'NAMESPACE',
      'EXAMINE',
      'LOGOUT',
    ]);
    expect(tap.receivedBytes()).toBeLessThan(4000);
  });

  it('asks by explicit ends: a range behind the last mail is not even sent', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver([createMail('one')]);
    const { session, tap } = await openTappedSession(getServer(), mailbox);
    await session.openFolder('INBOX');
    tap.reset();
    const selection = { kind: 'range', firstUid: 2, lastUid: 4_294_967_295 } as const;
    expect(await gather(session.listMails(selection))).toEqual([]);
    expect(tap.lines()).toEqual([]);
  });

  it('finds what is left of a long range without listing what is not there', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver(Array.from({ length: 12 }, (_, index) => createMail(`mail-${index}`)));
    await mailbox.expunge('INBOX', [2, 3, 4, 5, 6, 8, 9, 10]);
    const { session, tap } = await openTappedSession(getServer(), mailbox, {
      limits: { setUids: 3 },
    });
    const mails = await listAll(session);
    expect(mails.map(({ id }) => id)).toEqual(['1', '7', '11', '12']);
    expect(tap.lines().filter((line) => /UID (SEARCH|FETCH)/.test(line))).toEqual([
      expect.stringMatching(/UID SEARCH UID 1:12$/),
      expect.stringMatching(/UID FETCH 1,7,11 /),
      expect.stringMatching(/UID FETCH 12 /),
    ]);
  });
});

async function* readEach(
  fetched: AsyncIterable<{ kind: string; content?: Buffer | AsyncIterable<Uint8Array> }>,
): AsyncGenerator<string> {
  for await (const { kind, content } of fetched) {
    yield content === undefined ? kind : digest(await readContent(content));
  }
}

import { expect, it } from 'vitest';
import type { MailboxChange } from '../../../mail/ports/mailbox-ports.ts';
import type { DovecotMailbox } from '../../support/dovecot/dovecot-mailbox.ts';
import { dovecot } from '../../support/dovecot/dovecot.ts';
import { describeWith } from '../../support/requirement.ts';
import { createMail, listAll, openSession, openTappedSession, useDovecot } from './fixture.ts';

/** Commands that change a mailbox, as they stand on the wire. */
const WRITES =
  /^[0-9A-F]+ (?:SELECT|(?:UID )?(?:STORE|MOVE|COPY|EXPUNGE)|APPEND|CREATE|DELETE|RENAME|SUBSCRIBE|CLOSE)\b/;
const PLAIN_EXPUNGE = /^[0-9A-F]+ (?:EXPUNGE|CLOSE)\b/;

const CHANGES: readonly (readonly [string, MailboxChange])[] = [
  ['marks as seen', { kind: 'mark-seen' }],
  ['flags', { kind: 'flag', flag: 'Done' }],
  ['moves', { kind: 'move', folder: 'Archive' }],
  ['deletes', { kind: 'delete' }],
];

function deliverThree(mailbox: DovecotMailbox): void {
  mailbox.deliver([createMail('one'), createMail('two'), createMail('three')]);
}

describeWith([dovecot], 'changes in a mailbox', () => {
  const getServer = useDovecot();

  async function changeFirstTwo(change: MailboxChange) {
    const mailbox = getServer().createMailbox();
    deliverThree(mailbox);
    // Somebody else has marked the third one, and means to look at it again.
    await mailbox.addFlags('INBOX', [3], '\\Deleted');
    const { session, tap } = await openTappedSession(getServer(), mailbox);
    const mails = await listAll(session);
    await session.changeMails(mails.slice(0, 2), change);
    await session.close();
    expect(tap.lines().filter((line) => PLAIN_EXPUNGE.test(line))).toEqual([]);
    return mailbox;
  }

  const STRANGER = { uid: 3, flags: ['\\Deleted'] };

  it('marks the named mails as seen', async () => {
    const mailbox = await changeFirstTwo({ kind: 'mark-seen' });
    expect(await mailbox.listMails()).toEqual([
      { uid: 1, flags: ['\\Seen'] },
      { uid: 2, flags: ['\\Seen'] },
      STRANGER,
    ]);
  });

  it.each(['\\Flagged', 'Processed'])('sets the flag %s', async (flag) => {
    const mailbox = await changeFirstTwo({ kind: 'flag', flag });
    expect(await mailbox.listMails()).toEqual([
      { uid: 1, flags: [flag] },
      { uid: 2, flags: [flag] },
      STRANGER,
    ]);
  });

  it('deletes the named mails and leaves the one that a stranger marked', async () => {
    const mailbox = await changeFirstTwo({ kind: 'delete' });
    expect(await mailbox.listMails()).toEqual([STRANGER]);
  });

  it('moves the named mails and leaves the one that a stranger marked', async () => {
    const mailbox = await changeFirstTwo({ kind: 'move', folder: 'Archive' });
    expect(await mailbox.listMails()).toEqual([STRANGER]);
    expect(await mailbox.listMails('Archive')).toHaveLength(2);
  });

  it('creates the folder that mails are moved to', async () => {
    const mailbox = await changeFirstTwo({ kind: 'move', folder: 'Done/2026' });
    expect(await mailbox.listMails()).toEqual([STRANGER]);
    expect(await mailbox.listMails('Done/2026')).toHaveLength(2);
  });

  it('changes thousands of mails with as many commands as their UIDs need', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver(Array.from({ length: 25 }, (_, index) => createMail(`mail-${index}`)));
    const limits = { setUids: 10 };
    const { session, tap } = await openTappedSession(getServer(), mailbox, { limits });
    await session.changeMails(await listAll(session), { kind: 'mark-seen' });
    expect(tap.lines().filter((line) => line.includes('UID STORE'))).toHaveLength(3);
    expect((await mailbox.listMails()).every(({ flags }) => flags.includes('\\Seen'))).toBe(true);
  });

  it('sends nothing for no mails', async () => {
    const mailbox = getServer().createMailbox();
    const { session, tap } = await openTappedSession(getServer(), mailbox);
    await session.openFolder('INBOX');
    tap.reset();
    await session.changeMails([], { kind: 'delete' });
    expect(tap.lines()).toEqual([]);
  });

  it.each(CHANGES)('%s nothing in a session that reads only', async (_title, change) => {
    const mailbox = getServer().createMailbox();
    deliverThree(mailbox);
    const { session, tap } = await openTappedSession(getServer(), mailbox, { isReadOnly: true });
    const mails = await listAll(session);
    await expect(session.changeMails(mails, change)).rejects.toMatchObject({
      code: 'mailbox-read-only',
    });
    await session.close();
    expect(tap.lines().filter((line) => WRITES.test(line))).toEqual([]);
    expect(await mailbox.listMails()).toEqual([1, 2, 3].map((uid) => ({ uid, flags: [] })));
  });

  it.each(['a\r\nb', 'a\0b', 'a\nX DELETE INBOX'])(
    'refuses to move to a folder that would end the command (%j)',
    async (folder) => {
      const mailbox = getServer().createMailbox();
      deliverThree(mailbox);
      const { session, tap } = await openTappedSession(getServer(), mailbox);
      const mails = await listAll(session);
      tap.reset();
      await expect(session.changeMails(mails, { kind: 'move', folder })).rejects.toMatchObject({
        code: 'mailbox-unsuitable',
      });
      await expect(session.openFolder(folder)).rejects.toMatchObject({ code: 'folder-missing' });
      expect(tap.lines()).toEqual([]);
    },
  );

  it('quotes a folder whose name has quotes, spaces and wildcards', async () => {
    const folder = 'a "b" \\ (c) * %';
    const mailbox = await changeFirstTwo({ kind: 'move', folder });
    expect(await mailbox.listMails(folder)).toHaveLength(2);
  });

  it('refuses a flag that is none', async () => {
    const mailbox = getServer().createMailbox();
    deliverThree(mailbox);
    const session = await openSession(mailbox);
    const mails = await listAll(session);
    const change = { kind: 'flag', flag: 'two words' } as const;
    await expect(session.changeMails(mails, change)).rejects.toMatchObject({
      code: 'mailbox-unsuitable',
    });
  });
});

describeWith([dovecot], 'changes on a server without MOVE', () => {
  const getServer = useDovecot({ without: ['MOVE'] });

  it('moves by COPY and UID EXPUNGE, and leaves the mail that a stranger marked', async () => {
    const mailbox = getServer().createMailbox();
    deliverThree(mailbox);
    await mailbox.addFlags('INBOX', [3], '\\Deleted');
    const { session, tap } = await openTappedSession(getServer(), mailbox);
    const mails = await listAll(session);
    await session.changeMails(mails.slice(0, 2), { kind: 'move', folder: 'Done' });
    expect(await mailbox.listMails()).toEqual([{ uid: 3, flags: ['\\Deleted'] }]);
    expect(await mailbox.listMails('Done')).toHaveLength(2);
    expect(tap.lines().filter((line) => PLAIN_EXPUNGE.test(line))).toEqual([]);
  });
});

describeWith([dovecot], 'changes on a server without MOVE and UIDPLUS', () => {
  const getServer = useDovecot({ without: ['MOVE', 'UIDPLUS'] });

  it.each([
    ['move', { kind: 'move', folder: 'Archive' }],
    ['delete', { kind: 'delete' }],
  ] as const)('refuses to %s, and sends nothing', async (_title, change) => {
    const mailbox = getServer().createMailbox();
    deliverThree(mailbox);
    const { session, tap } = await openTappedSession(getServer(), mailbox);
    const mails = await listAll(session);
    tap.reset();
    await expect(session.changeMails(mails, change)).rejects.toMatchObject({
      code: 'mailbox-unsuitable',
    });
    expect(tap.lines()).toEqual([]);
    expect(await mailbox.listMails()).toHaveLength(3);
  });

  it('still marks as seen', async () => {
    const mailbox = getServer().createMailbox();
    deliverThree(mailbox);
    const session = await openSession(mailbox);
    await session.changeMails(await listAll(session), { kind: 'mark-seen' });
    expect((await mailbox.listMails()).map(({ flags }) => flags)).toEqual([
      ['\\Seen'],
      ['\\Seen'],
      ['\\Seen'],
    ]);
  });
});

describeWith([dovecot], 'changes on a server without UIDPLUS', () => {
  const getServer = useDovecot({ without: ['UIDPLUS'] });

  it('moves by MOVE, and leaves the mail that a stranger marked', async () => {
    const mailbox = getServer().createMailbox();
    deliverThree(mailbox);
    await mailbox.addFlags('INBOX', [3], '\\Deleted');
    const session = await openSession(mailbox);
    const mails = await listAll(session);
    await session.changeMails(mails.slice(0, 2), { kind: 'move', folder: 'Done' });
    expect(await mailbox.listMails()).toEqual([{ uid: 3, flags: ['\\Deleted'] }]);
    expect(await mailbox.listMails('Done')).toHaveLength(2);
  });
});

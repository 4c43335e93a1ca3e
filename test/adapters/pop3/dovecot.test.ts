import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerSecurity } from '../../../mail/ports/mailbox-ports.ts';
import { dovecot } from '../../support/dovecot/dovecot.ts';
import type { DovecotMailbox } from '../../support/dovecot/dovecot-mailbox.ts';
import { type Dovecot, startDovecot } from '../../support/dovecot/start-dovecot.ts';
import { describeWith } from '../../support/requirement.ts';
import {
  collect,
  digestContent,
  listAll,
  openTestSession,
  readAll,
  type TestSessionOptions,
} from './open-session.ts';

const createMail = (subject: string): string =>
  `From: vendor@sender.example\r\nSubject: ${subject}\r\n\r\n..\r\n.\r\nText of ${subject}\r\n`;

describeWith([dovecot], 'the POP3 door with Dovecot', () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot();
  });
  afterAll(() => server.stop());

  const open = (
    { createServer, credential }: DovecotMailbox,
    options: Partial<TestSessionOptions> & { readonly security?: ServerSecurity } = {},
  ) =>
    openTestSession({
      server: createServer('pop3', options.security ?? 'implicit-tls'),
      credential,
      ...options,
    });

  function createFilledMailbox(subjects: readonly string[]): DovecotMailbox {
    const mailbox = server.createMailbox();
    mailbox.deliver(subjects.map(createMail));
    return mailbox;
  }

  it.each(['implicit-tls', 'starttls', 'none'] as const)(
    'reads mails byte for byte with security %s',
    async (security) => {
      const session = await open(createFilledMailbox(['one', 'two']), { security });
      expect(await readAll(session)).toEqual([createMail('one'), createMail('two')]);
      await session.close();
    },
  );

  it('knows what the server can', async () => {
    const session = await open(server.createMailbox());
    expect(session.capabilities).toContain('PIPELINING');
    expect(session.capabilities).not.toContain('STLS');
  });

  it('opens an empty mailbox', async () => {
    const session = await open(server.createMailbox());
    expect(await session.openFolder('INBOX')).toEqual({
      path: 'INBOX',
      generation: '',
      mails: 0,
      bytes: 0,
      nextUid: undefined,
    });
    expect(await listAll(session)).toEqual([]);
    await session.close();
  });

  it('tells how many mails and bytes there are', async () => {
    const session = await open(createFilledMailbox(['one', 'two']));
    const bytes = createMail('one').length + createMail('two').length;
    expect(await session.openFolder('INBOX')).toMatchObject({ mails: 2, bytes });
  });

  it('finds the same ids again, and new mail behind them', async () => {
    const mailbox = createFilledMailbox(['one', 'two']);
    const first = await open(mailbox);
    const before = await listAll(first);
    await first.close();
    mailbox.deliver([createMail('three')]);
    const second = await open(mailbox);
    const after = await listAll(second);
    expect(after.slice(0, 2)).toEqual(before);
    expect(after.at(2)?.bytes).toBe(createMail('three').length);
    expect(new Set(after.map(({ id }) => id)).size).toBe(3);
  });

  it('reads headers alone, up to the empty line', async () => {
    const session = await open(createFilledMailbox(['one', 'two']));
    const headers = await collect(session.readHeaders(await listAll(session)));
    expect(headers.map(({ header }) => header.toString())).toEqual([
      'From: vendor@sender.example\r\nSubject: one\r\n\r\n',
      'From: vendor@sender.example\r\nSubject: two\r\n\r\n',
    ]);
  });

  it('leaves flags as they were', async () => {
    const mailbox = createFilledMailbox(['one']);
    const session = await open(mailbox);
    await readAll(session);
    await session.close();
    expect(await mailbox.listMails()).toEqual([{ uid: 1, flags: [] }]);
  });

  it('deletes the named mails when the session is closed', async () => {
    const mailbox = createFilledMailbox(['one', 'two', 'three']);
    const session = await open(mailbox, { isReadOnly: false });
    const [one, , three] = await listAll(session);
    if (one === undefined || three === undefined) throw new Error('mails are missing');
    await session.changeMails([one, three, one], { kind: 'delete' });
    expect(await mailbox.listMails()).toHaveLength(3);
    await session.close();
    expect(await mailbox.listMails()).toEqual([{ uid: 2, flags: [] }]);
  });

  it('deletes nothing when the session is cut off', async () => {
    const mailbox = createFilledMailbox(['one']);
    const session = await open(mailbox, { isReadOnly: false });
    await session.changeMails(await listAll(session), { kind: 'delete' });
    session.abort();
    expect(await mailbox.listMails()).toEqual([{ uid: 1, flags: [] }]);
  });

  it('goes on after a reader that left early', async () => {
    const session = await open(
      createFilledMailbox(Array.from({ length: 50 }, (_, n) => `no. ${n}`)),
    );
    const mails = await listAll(session);
    for await (const { mail } of session.readMails(mails)) {
      expect(mail).toEqual(mails[0]);
      break;
    }
    expect((await readAll(session)).at(-1)).toBe(createMail('no. 49'));
    await session.close();
  });

  it('refuses a wrong password as such', async () => {
    const mailbox = server.createMailbox();
    const credential = { ...mailbox.credential, password: 'wrong' };
    await expect(open(mailbox, { credential })).rejects.toMatchObject({
      code: 'peer-authentication',
      fields: { peer: 'POP3', command: 'AUTH', responseCode: 'AUTH' },
    });
  });

  it.each(['implicit-tls', 'starttls'] as const)(
    'refuses a certificate that nobody vouches for, with security %s',
    async (security) => {
      const mailbox = server.createMailbox();
      const untrusted = { ...mailbox.createServer('pop3', security), ca: undefined };
      await expect(open(mailbox, { server: untrusted })).rejects.toMatchObject({
        code: 'peer-protocol',
        fields: { peer: 'POP3', name: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      });
    },
  );

  it('does not take the plain port for one that speaks TLS', async () => {
    const mailbox = server.createMailbox();
    const plain = { ...mailbox.createServer('pop3', 'none'), security: 'implicit-tls' } as const;
    await expect(open(mailbox, { server: plain })).rejects.toMatchObject({ code: 'peer-protocol' });
  });

  describe('with much mail', () => {
    it('reads 2,000 mails', async () => {
      const subjects = Array.from({ length: 2000 }, (_, index) => `no. ${index}`);
      const session = await open(createFilledMailbox(subjects));
      expect(await readAll(session)).toEqual(subjects.map(createMail));
      await session.close();
    });

    it('reads a mail of 40 MB as a stream, and the next one after it', async () => {
      const mailbox = server.createMailbox();
      const header = Buffer.from('Subject: large\r\n\r\n');
      const body = Buffer.alloc(40 * 1024 * 1024, `${'.'.repeat(62)}\r\n`);
      const large = Buffer.concat([header, body]);
      mailbox.deliver([large, createMail('next')]);
      const session = await open(mailbox);
      const digests = [];
      for await (const fetched of session.readMails(await listAll(session))) {
        digests.push(await digestContent(fetched));
      }
      expect(digests).toEqual([
        { form: 'stream', sha256: hash('sha256', large) },
        { form: 'buffer', sha256: hash('sha256', createMail('next')) },
      ]);
    });
  });
});

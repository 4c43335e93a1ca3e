import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../requirement.ts';
import { dovecot } from './dovecot.ts';
import { type Dovecot, startDovecot } from './start-dovecot.ts';

const MAIL = 'From: a@example.com\r\nSubject: Hello\r\n\r\nText\r\n';

describeWith([dovecot], 'the private Dovecot', () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot({ without: ['UIDPLUS'], claims: ['X-POSTROOM'] });
  });
  afterAll(() => server.stop());

  it.each(['imap', 'pop3'] as const)('greets on the plain port of %s', async (protocol) => {
    const socket = connectPlain(server.ports[protocol], '127.0.0.1');
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    expect(greeting.toString()).toContain('OK');
    socket.destroy();
  });

  it.each(['imaps', 'pop3s'] as const)(
    'shows on %s a certificate of its authority',
    async (port) => {
      const socket = connectTls(server.ports[port], '127.0.0.1', { ca: server.ca });
      await once(socket, 'secureConnect');
      expect(socket.authorized).toBe(true);
      socket.destroy();
    },
  );

  it('has the delivered mails in their order, with the flags that were set', async () => {
    const mailbox = server.createMailbox();
    mailbox.deliver([MAIL, MAIL, MAIL]);
    await mailbox.addFlags('INBOX', [2], '\\Seen Done');
    await mailbox.expunge('INBOX', [1]);
    expect(await mailbox.listMails()).toEqual([
      { uid: 2, flags: ['\\Seen', 'Done'] },
      { uid: 3, flags: [] },
    ]);
  });

  it('gives each user a mailbox of its own', async () => {
    const [one, other] = [server.createMailbox(), server.createMailbox()];
    one.deliver([MAIL]);
    expect(await other.listMails()).toEqual([]);
    expect(await one.listMails()).toEqual([{ uid: 1, flags: [] }]);
  });

  it('changes the validity of the UIDs on demand', async () => {
    const mailbox = server.createMailbox();
    mailbox.deliver([MAIL]);
    await mailbox.setUidValidity('INBOX', 4711);
    expect(await mailbox.readUidValidity('INBOX')).toBe(4711);
  });

  it('deletes a folder and makes it again', async () => {
    const mailbox = server.createMailbox();
    mailbox.deliver([MAIL], { folder: 'Bills/2026' });
    expect(await mailbox.listMails('Bills/2026')).toHaveLength(1);
    await mailbox.deleteFolder('Bills/2026');
    await mailbox.createFolder('Bills/2026');
    expect(await mailbox.listMails('Bills/2026')).toEqual([]);
  });

  it('speaks of the capabilities that the test wants', async () => {
    const { credential } = server.createMailbox();
    const socket = connectPlain(server.ports.imap, '127.0.0.1');
    await once(socket, 'data');
    socket.write(`a LOGIN ${credential.user} ${credential.password}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('X-POSTROOM');
    expect(answer.toString()).not.toContain('UIDPLUS');
    socket.destroy();
  });
});

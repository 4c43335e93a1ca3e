import { expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '../../support/dovecot/create-authority.ts';
import { dovecot } from '../../support/dovecot/dovecot.ts';
import { describeWith } from '../../support/requirement.ts';
import { startWireTap } from '../../support/wire-tap.ts';
import { createMail, gather, listAll, openSession, useDovecot } from './fixture.ts';

describeWith([dovecot], 'opening an IMAP session', () => {
  const getServer = useDovecot();

  it.each(['implicit-tls', 'starttls'] as const)('reads mail over %s', async (security) => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver([createMail('one')]);
    const session = await openSession(mailbox, { server: mailbox.createServer('imap', security) });
    expect(await listAll(session)).toHaveLength(1);
    await session.close();
  });

  it('sends neither name nor password before STARTTLS', async () => {
    const mailbox = getServer().createMailbox();
    const tap = await startWireTap(getServer().ports.imap);
    onTestFinished(() => tap.stop());
    const server = { ...mailbox.createServer('imap', 'starttls'), port: tap.port };
    const session = await openSession(mailbox, { server });
    await session.close();
    expect(tap.lines().filter((line) => /^\w+ [A-Z]+( |$)/.test(line))).toEqual(['1 STARTTLS']);
  });

  it.each(['implicit-tls', 'starttls'] as const)(
    'refuses a certificate of an authority that is not trusted, over %s',
    async (security) => {
      const { ca } = await createAuthority();
      const mailbox = getServer().createMailbox();
      const server = { ...mailbox.createServer('imap', security), ca };
      await expect(openSession(mailbox, { server })).rejects.toMatchObject({
        code: 'peer-protocol',
      });
    },
  );

  it('refuses a certificate that no public authority signed', async () => {
    const mailbox = getServer().createMailbox();
    const server = { ...mailbox.createServer('imap', 'implicit-tls'), ca: undefined };
    await expect(openSession(mailbox, { server })).rejects.toMatchObject({
      code: 'peer-protocol',
      fields: { peer: 'IMAP', name: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    });
  });

  it('refuses a certificate of another host', async () => {
    const mailbox = getServer().createMailbox();
    const tap = await startWireTap(getServer().ports.imaps, '127.0.0.2');
    onTestFinished(() => tap.stop());
    const implicit = mailbox.createServer('imap', 'implicit-tls');
    const server = { ...implicit, host: '127.0.0.2', port: tap.port };
    await expect(openSession(mailbox, { server })).rejects.toMatchObject({
      code: 'peer-protocol',
      fields: { peer: 'IMAP', name: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
  });

  it('refuses to go without TLS to another machine, and connects to nobody', async () => {
    const mailbox = getServer().createMailbox();
    const server = { host: 'imap.example.com', security: 'none' } as const;
    await expect(openSession(mailbox, { server })).rejects.toMatchObject({
      code: 'mailbox-unsuitable',
    });
  });

  it('tells a wrong password from all else', async () => {
    const mailbox = getServer().createMailbox();
    const credential = { ...mailbox.credential, password: 'wrong' };
    await expect(openSession({ ...mailbox, credential })).rejects.toMatchObject({
      code: 'peer-authentication',
      fields: { peer: 'IMAP', status: 'NO', responseCode: 'AUTHENTICATIONFAILED' },
    });
  });

  it('ends at once when the caller says so', async () => {
    const mailbox = getServer().createMailbox();
    mailbox.deliver([createMail('one')]);
    const abort = new AbortController();
    const session = await openSession(mailbox, { signal: abort.signal });
    await session.openFolder('INBOX');
    abort.abort();
    await expect(gather(session.listMails({ kind: 'all' }))).rejects.toMatchObject({
      code: 'peer-unavailable',
      fields: { peer: 'IMAP', name: 'AbortError' },
    });
  });

  it('does not connect when the caller has ended it before', async () => {
    const mailbox = getServer().createMailbox();
    await expect(openSession(mailbox, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      fields: { name: 'AbortError' },
    });
  });

  it('says that nobody is at the port', async () => {
    const mailbox = getServer().createMailbox();
    await expect(openSession(mailbox, { server: { port: 1 } })).rejects.toMatchObject({
      code: 'peer-unavailable',
      fields: { peer: 'IMAP', name: 'ECONNREFUSED' },
    });
  });
});

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { examineMailbox } from '../../cli/mailbox/examine-mailbox.ts';
import { explainMailboxFault } from '../../local/mailboxes/explain-fault.ts';
import { dovecot } from '../support/dovecot/dovecot.ts';
import { createCommandLineConfiguration } from '../support/command-line-sample.ts';
import { createMemoryMailbox } from '../support/memory-mailbox.ts';
import { describeWith } from '../support/requirement.ts';
import { runPostroom } from '../support/run-postroom.ts';
import { createMailbox, SAMPLE_SERVER_MAILBOX } from '../support/sample-mailbox.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { startWireTap } from '../support/wire-tap.ts';
import { createMail, useDovecot } from '../adapters/imap/fixture.ts';
import { findUnwanted, writeMailboxFolder } from './mailbox-folder.ts';

type Changes = NonNullable<Parameters<typeof createMailbox>[0]>;

/** What is found wrong, or unsure, of a mailbox in memory. */
async function findFaults(
  changes: Changes,
  prepare: (server: ReturnType<typeof createMemoryMailbox>) => void = () => undefined,
) {
  const mailbox = createMailbox(changes, SAMPLE_SERVER_MAILBOX);
  const server = createMemoryMailbox({ protocol: mailbox.protocol });
  prepare(server);
  const { findings } = await examineMailbox(mailbox, {
    credentials: {
      readCredential: () => Promise.resolve({ kind: 'password', user: 'u', password: 'p' }),
    },
    openSession: server.open,
    signal: new AbortController().signal,
  });
  return findings.filter(({ mark }) => mark !== 'right').map(({ text }) => text);
}

describe('what a test of a mailbox finds', () => {
  it('is nothing where everything works', async () => {
    expect(await findFaults({ afterwards: 'delete' })).toEqual([]);
  });

  it('is a folder that is not there, with those that are', async () => {
    const faults = await findFaults({ folders: ['INBOX', 'Bils', '\\Junk'] }, (server) => {
      server.createFolder('Bills');
    });
    expect(faults).toEqual([
      'the server has no folder Bils; it has INBOX, Bills: name one of these in folders',
      'the server has no folder \\Junk; it has INBOX, Bills: name one of these in folders',
    ]);
  });

  it.each([
    ['delete', [], 'has no UIDPLUS, so it cannot delete single mails'],
    [{ move: 'Done' }, [], 'has neither MOVE nor UIDPLUS, so it cannot move single mails'],
  ] as const)('is that %j cannot be done with %j', async (afterwards, capabilities, expected) => {
    const [fault, ...others] = await findFaults({ afterwards }, ({ script }) => {
      script.capabilities = new Set(capabilities);
    });
    expect(others).toEqual([]);
    expect(fault).toContain(expected);
    expect(fault).toContain('choose another afterwards');
  });

  it.each([
    [['CAPA'], 'neither UIDL nor TOP'],
    [['TOP'], 'offers no UIDL'],
    [[], 'does not say what it can'],
  ])('is what a POP3 server with %j lacks', async (capabilities, expected) => {
    const [fault, ...others] = await findFaults({ protocol: 'pop3' }, ({ script }) => {
      script.capabilities = new Set(capabilities);
    });
    expect(others).toEqual([]);
    expect(fault).toContain(expected);
  });
});

describe('the sentence about a fault', () => {
  const mailbox = createMailbox({}, SAMPLE_SERVER_MAILBOX);
  const explain = (code: string, name = '') =>
    explainMailboxFault({ code, fields: { peer: 'IMAP', name } }, mailbox);

  it.each([
    ['peer-protocol', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'server.caFile'],
    ['peer-protocol', 'CERT_HAS_EXPIRED', 'has to renew it'],
    ['peer-protocol', 'ERR_TLS_CERT_ALTNAME_INVALID', 'certificate for another name'],
    ['peer-protocol', 'ERR_SSL_WRONG_VERSION_NUMBER', 'use security "starttls" with port 143'],
    ['peer-protocol', '', 'does not speak IMAP as it should; check host, port and security'],
    ['peer-unavailable', 'ENOTFOUND', 'no host is known by the name mail.example.com'],
    ['peer-unavailable', 'ECONNREFUSED', 'nothing listens at mail.example.com:993'],
    ['peer-unavailable', 'TimeoutError', 'did not answer in time'],
    ['peer-unavailable', 'NotConnected', 'log in less often'],
    ['peer-unavailable', 'ECONNRESET', 'went away (ECONNRESET); try again'],
    ['peer-throttled', '', 'asks us to come later; wait, and raise intervalMinutes (5)'],
    [
      'peer-authentication',
      '',
      'refused the user or the password that the secret postroom/mailboxes has for vendor',
    ],
    ['peer-authentication', 'NoPasswordLogin', 'takes no passwords'],
    ['folder-missing', '', 'npx postroom mailbox test vendor lists those that are'],
    ['claim-lost', '', 'docs/errors.md'],
  ])('of %s %s says what to do', (code, name, expected) => {
    expect(explain(code, name)).toContain(expected);
  });

  it('of no STARTTLS says what to use instead', () => {
    const fault = { code: 'peer-protocol', fields: { peer: 'IMAP', name: 'NoStartTls' } };
    const server = { host: 'mail.example.com', security: 'starttls' } as const;
    expect(explainMailboxFault(fault, createMailbox({ server }, SAMPLE_SERVER_MAILBOX))).toBe(
      'mail.example.com:143 offers no TLS; use security "implicit-tls" with port 993',
    );
  });

  it('names the service where it was not the mail server that failed', () => {
    const fault = { code: 'peer-unavailable', fields: { peer: 'S3', name: 'NoSuchBucket' } };
    expect(explainMailboxFault(fault, mailbox)).toBe('S3 did not answer (NoSuchBucket); try again');
  });
});

describeWith([dovecot], 'postroom mailbox test', () => {
  const getServer = useDovecot();

  it('shows what is there, and only looks', async () => {
    const server = getServer();
    const mailbox = server.createMailbox();
    mailbox.deliver([createMail('one'), createMail('two')]);
    const tap = await startWireTap(server.ports.imap);
    onTestFinished(() => tap.stop());
    const folder = writeMailboxFolder({ mailbox, port: tap.port, folders: ['INBOX', '\\Junk'] });
    const { status, stdout, stderr } = await runPostroom(['mailbox', 'test', 'vendor'], {
      cwd: folder,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}can {6}.*\bUIDPLUS\b/m);
    expect(stdout).toContain('       2  INBOX (polled)\n');
    expect(stdout).toContain('       0  Junk (\\Junk, polled)\n');
    expect(stdout).toContain('       0  Archive');
    expect(stdout).toContain('2 mails in what is polled');
    expect(findUnwanted(tap.lines())).toEqual([]);
    expect(tap.lines().some((line) => line.includes('EXAMINE'))).toBe(true);
  });

  it('prints an object with --json, and fails when something cannot work', async () => {
    const server = getServer();
    const folder = writeMailboxFolder({
      mailbox: server.createMailbox(),
      port: server.ports.imap,
      folders: ['Nowhere'],
    });
    const { status, stdout } = await runPostroom(['mailbox', 'test', 'vendor', '--json'], {
      cwd: folder,
    });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      mailbox: 'vendor',
      server: `127.0.0.1:${server.ports.imap}, IMAP, none`,
      folders: expect.arrayContaining([
        { path: 'INBOX', specialUse: null, mails: 0, isPolled: false },
      ]) as unknown,
      findings: expect.arrayContaining([
        expect.objectContaining({ check: 'folder', mark: 'wrong' }),
      ]) as unknown,
    });
  });

  it.each(['imap', 'pop3'] as const)(
    'says that the password is refused by %s',
    async (protocol) => {
      const server = getServer();
      const mailbox = server.createMailbox();
      const wrong = { ...mailbox, credential: { ...mailbox.credential, password: 'wrong' } };
      const port = server.ports[protocol];
      const folder = writeMailboxFolder({ mailbox: wrong, port, protocol });
      const { status, stdout } = await runPostroom(['mailbox', 'test', 'vendor'], { cwd: folder });
      expect(status).toBe(1);
      expect(stdout).toContain(`127.0.0.1:${port} refused the user or the password`);
      expect(stdout).not.toContain('wrong');
    },
  );

  it('says that the certificate is of an unknown authority', async () => {
    const server = getServer();
    const folder = writeMailboxFolder({
      mailbox: server.createMailbox(),
      port: server.ports.imaps,
      security: 'implicit-tls',
    });
    const { status, stdout } = await runPostroom(['mailbox', 'test', 'vendor'], { cwd: folder });
    expect(status).toBe(1);
    expect(stdout).toMatch(/✗ login {10}127\.0\.0\.1:\d+ shows a certificate of an authority/);
  });
});

describe('postroom mailbox test without a server', () => {
  it('says what to write where, when there is no password', async () => {
    const folder = createTemporaryFolder();
    writeFileSync(
      join(folder, 'postroom.config.ts'),
      `export default ${JSON.stringify({ ...createCommandLineConfiguration(), mailboxes: [SAMPLE_SERVER_MAILBOX] })};\n`,
    );
    const { status, stdout } = await runPostroom(['mailbox', 'test', 'vendor'], { cwd: folder });
    expect(status).toBe(1);
    expect(stdout).toContain(
      '✗ password       the file .postroom/secrets/postroom/mailboxes.json is not there',
    );
    const secrets = join(folder, '.postroom/secrets/postroom');
    mkdirSync(secrets, { recursive: true });
    writeFileSync(join(secrets, 'mailboxes.json'), '{"password":"p"}');
    chmodSync(join(secrets, 'mailboxes.json'), 0o644);
    const shared = await runPostroom(['mailbox', 'test', 'vendor'], { cwd: folder });
    expect(shared.stdout).toContain('run: chmod 600 .postroom/secrets/postroom/mailboxes.json');
  });

  it('knows the mailboxes by name', async () => {
    const folder = writeMailboxFolder({ port: 1 });
    const { status, stderr } = await runPostroom(['mailbox', 'test', 'vendr'], { cwd: folder });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^postroom: mailbox test: expected one of vendor, came "vendr"/);
  });

  it('says that nothing listens there', async () => {
    const folder = writeMailboxFolder({ port: 1 });
    const { status, stdout } = await runPostroom(['mailbox', 'test', 'vendor'], { cwd: folder });
    expect(status).toBe(1);
    expect(stdout).toContain(
      '✗ login          nothing listens at 127.0.0.1:1; check host and port',
    );
  });
});

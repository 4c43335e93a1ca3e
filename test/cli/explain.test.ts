import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mailReceivedSchema } from '../../mail/contracts/mail-received.ts';
import { runPostroom } from '../support/run-postroom.ts';
import { createConfigurationFolder } from '../support/temporary-folder.ts';

const CONFIGURATION = `export default {
  environment: 'dev',
  receiving: {
    domains: [{ domain: 'example.com', addresses: ['support', 'invoices', 'nobody'] }],
  },
  queues: { support: {}, invoices: { type: 'fifo' }, inbox: {} },
  rules: [
    { name: 'spam', when: { verdict: { spam: 'FAIL' } }, then: [{ quarantine: 'spam' }] },
    { name: 'nobody', when: { recipient: { address: 'nobody@*' } }, then: [{ drop: 'unread' }] },
    {
      name: 'invoices',
      when: { all: [{ recipient: { address: 'invoices@*' } }, { attachment: { name: '*.pdf' } }] },
      then: [{ tag: 'pdf' }, { queue: 'invoices' }],
    },
    { name: 'vendor', when: { mailbox: 'vendor' }, then: [{ queue: 'invoices' }, { stop: true }] },
    { name: 'support', when: { recipient: { address: 'support@*' } }, then: [{ queue: 'support' }] },
  ],
  mailboxes: [
    { name: 'vendor', address: 'bills@shop.example', provider: 'gmail', secret: 'mailboxes' },
  ],
  otherwise: { queue: 'inbox' },
};\n`;

const MAIL = [
  'From: Ann <ann@example.net>',
  'To: invoices@example.com, Bob <bob@example.org>',
  'Cc: support@example.com',
  'Subject: Invoice \u001b[31m42',
  'Date: Tue, 24 Nov 2026 10:00:00 +0100',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'Here it is.',
  '--b',
  'Content-Type: application/pdf',
  'Content-Disposition: attachment; filename=a.pdf',
  '',
  'PDF',
  '--b--',
  '',
].join('\r\n');

function writeFiles(): string {
  const folder = createConfigurationFolder();
  writeFileSync(join(folder, 'postroom.config.ts'), CONFIGURATION);
  writeFileSync(join(folder, 'mail.eml'), MAIL);
  return folder;
}

describe('postroom explain', () => {
  it('shows what was read, each rule with the value it was tried on, and the destinations', async () => {
    const { status, stdout, stderr } = await runPostroom(['explain', 'mail.eml'], {
      cwd: writeFiles(),
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'mail.eml (377 B, 7 headers)',
      '  from      Ann <ann@example.net>',
      '  to        invoices@example.com',
      '            Bob <bob@example.org>',
      '  cc        support@example.com',
      '  subject   Invoice 42',
      '  date      2026-11-24T09:00:00.000Z',
      '  text      Here it is.',
      '  attached  a.pdf (application/pdf, 3 B)',
      '  envelope  ann@example.net → invoices@example.com, support@example.com (from the headers; set it with --from, --to)',
      '  verdicts  none, as nobody scanned a file (--verdict spam=FAIL assumes one)',
      '',
      '  invoices@example.com',
      '    ✗ spam      verdict ✗ spam DISABLED',
      '    ✗ nobody    recipient ✗ invoices@example.com',
      '    ✓ invoices  all[0].recipient ✓ invoices@example.com · all[1].attachment ✓ a.pdf (application/pdf, 3 bytes)',
      '    ✗ vendor    mailbox ✗ nothing',
      '    ✗ support   recipient ✗ invoices@example.com',
      '    → invoices tagged pdf (rule invoices)',
      '',
      '  support@example.com',
      '    ✗ spam      verdict ✗ spam DISABLED',
      '    ✗ nobody    recipient ✗ support@example.com',
      '    ✗ invoices  all[0].recipient ✗ support@example.com',
      '    ✗ vendor    mailbox ✗ nothing',
      '    ✓ support   recipient ✓ support@example.com',
      '    → support (rule support)',
      '',
    ]);
  });

  it('prints one event for each destination, as the queue would hold it', async () => {
    const { status, stdout } = await runPostroom(['explain', '--json', 'mail.eml'], {
      cwd: writeFiles(),
    });
    expect(status).toBe(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => mailReceivedSchema.parse(JSON.parse(line)));
    expect(events.map(({ envelope, tags }) => ({ envelope, tags }))).toEqual([
      {
        envelope: {
          sender: 'ann@example.net',
          recipients: ['invoices@example.com'],
          source: 'headers',
        },
        tags: ['pdf'],
      },
      {
        envelope: {
          sender: 'ann@example.net',
          recipients: ['support@example.com'],
          source: 'headers',
        },
        tags: [],
      },
    ]);
    expect(new Set(events.map(({ mailId }) => mailId)).size).toBe(1);
  });

  it('takes the envelope that it is told, tags and null sender included', async () => {
    const args = ['explain', '-', '--from', '<>', '--to', 'support+x@example.com'];
    const { stdout } = await runPostroom(args, { cwd: writeFiles(), stdin: MAIL });
    expect(stdout).toContain('  envelope  <> → support+x@example.com\n');
    expect(stdout).toContain('    → inbox (otherwise, as no rule sent it anywhere)\n');
  });

  it('takes a mail as if it were polled from a mailbox', async () => {
    const args = ['explain', '-', '--mailbox', 'vendor'];
    const stdin = `Return-Path: <bounce@example.net>\r\n${MAIL}`;
    const { stdout } = await runPostroom(args, { cwd: writeFiles(), stdin });
    expect(stdout).toContain('  envelope  bounce@example.net → bills@shop.example (');
    expect(stdout).toContain('    ✓ vendor    mailbox ✓ vendor\n');
    expect(stdout).toContain('    → invoices (rule vendor)\n');
  });

  it('names the mailbox that was probably meant', async () => {
    const args = ['explain', 'mail.eml', '--mailbox', 'vender'];
    expect(await runPostroom(args, { cwd: writeFiles() })).toMatchObject({
      status: 1,
      stderr:
        'postroom: --mailbox: expected the name of a member of mailboxes, came "vender"; did you mean "vendor"?\n',
    });
  });

  it('assumes the verdict that it is told', async () => {
    const args = ['explain', 'mail.eml', '--to', 'support@example.com', '--verdict', 'spam=FAIL'];
    const { stdout } = await runPostroom(args, { cwd: writeFiles() });
    expect(stdout).toContain('  verdicts  spam FAIL\n');
    expect(stdout).toContain('    → quarantine for "spam" (rule spam)\n');
  });

  it('says that a mail is dropped, and prints no event for it', async () => {
    const cwd = writeFiles();
    const args = ['explain', 'mail.eml', '--to', 'nobody@example.com'];
    expect((await runPostroom(args, { cwd })).stdout).toContain(
      '    → dropped for "unread" (rule nobody)\n',
    );
    expect(await runPostroom([...args, '--json'], { cwd })).toEqual({
      status: 0,
      stdout: '',
      stderr: 'mail.eml: the rules drop it, so there is no event\n',
    });
  });

  it('explains the good files and fails for the bad ones, a line each', async () => {
    const cwd = writeFiles();
    const args = ['explain', 'missing.eml', 'mail', 'mail.eml'];
    const { status, stdout, stderr } = await runPostroom(args, { cwd });
    expect(status).toBe(1);
    expect(stdout).toContain('→ invoices tagged pdf');
    expect(stderr.split('\n')).toEqual([
      'postroom: missing.eml: expected a raw mail (.eml), no such file',
      'postroom: mail: expected a raw mail (.eml), came a folder; name the files in it: mail/*.eml',
      '',
    ]);
  });

  it.each([
    ['', 'postroom: stdin: expected a mail, came an empty file\n'],
    [
      'To: bob@example.org\r\n\r\n',
      'postroom: stdin: no recipient; expected one of example.com in To or Cc, came bob@example.org; say whom the mail came for with --to ADDRESS\n',
    ],
    [
      'Subject: to nobody\r\n\r\n',
      'postroom: stdin: no recipient; expected one of example.com in To or Cc, came none; say whom the mail came for with --to ADDRESS\n',
    ],
  ])('refuses %j on standard input in one line', async (stdin, stderr) => {
    expect(await runPostroom(['explain', '-'], { cwd: writeFiles(), stdin })).toEqual({
      status: 1,
      stdout: '',
      stderr,
    });
  });

  it('refuses a mail above the limit of the configuration, by its name', async () => {
    const cwd = writeFiles();
    const stdin = `${MAIL}${'x'.repeat(2048)}`;
    writeFileSync(
      join(cwd, 'small.config.ts'),
      CONFIGURATION.replace('rules: [', 'limits: { mailBytes: 2048 }, rules: ['),
    );
    const run = await runPostroom(['explain', '-', '--config', 'small.config.ts'], { cwd, stdin });
    expect(run).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'postroom: stdin: expected a mail of at most 2048 bytes, came a larger one (limits.mailBytes)\n',
    });
  });

  it('refuses a mail above a limit of the parser, by its name', async () => {
    const part = '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n';
    const stdin = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(1000)}`;
    expect(await runPostroom(['explain', '-'], { cwd: writeFiles(), stdin })).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'postroom: stdin: expected less than 1,000 parts, each with at most 1 MiB of headers, came more\n',
    });
  });

  it('names a few of the strangers that a mail is for, in one line of its own', async () => {
    const to = [
      'x\u202e\u009b31m@example.org',
      ...'abcdef'.split('').map((x) => `${x}@example.org`),
    ];
    const stdin = `To: ${to.join(', ')}\r\n\r\n`;
    const { stderr } = await runPostroom(['explain', '-'], { cwd: writeFiles(), stdin });
    expect(stderr).toBe(
      'postroom: stdin: no recipient; expected one of example.com in To or Cc, came x @example.org, a@example.org, b@example.org and 4 more; say whom the mail came for with --to ADDRESS\n',
    );
  });

  it('says of a name that the system refuses why it does', async () => {
    const name = 'x'.repeat(300);
    const { status, stderr } = await runPostroom(['explain', name], { cwd: writeFiles() });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `postroom: ${name}: expected a raw mail (.eml), it cannot be opened (ENAMETOOLONG)\n`,
    });
  });

  it('refuses a recipient that SES would refuse', async () => {
    const args = ['explain', 'mail.eml', '--to', 'bob@example.org'];
    const { status, stderr } = await runPostroom(args, { cwd: writeFiles() });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'postroom: --to: expected an address of example.com (receiving.domains), came "bob@example.org"; Amazon SES would refuse it\n',
    });
  });

  it('refuses what is no verdict and no address as wrong usage', async () => {
    const verdict = await runPostroom(['explain', '-', '--verdict', 'spam=MAYBE']);
    expect(verdict.status).toBe(2);
    expect(verdict.stderr).toContain('such as spam=FAIL');
    const address = await runPostroom(['explain', '-', '--to', 'support']);
    expect(address.status).toBe(2);
    expect(address.stderr).toContain('Expected an address such as support@example.com.');
  });
});

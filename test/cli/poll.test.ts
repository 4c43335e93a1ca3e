import { describe, expect, it, onTestFinished } from 'vitest';
import { describePoll } from '../../cli/poll/describe-poll.ts';
import { drawBar, watchProgress } from '../../cli/poll/watch-progress.ts';
import type { PollProgress, PollReport } from '../../lambdas/poll-mailbox/ports.ts';
import { createMail, useDovecot } from '../adapters/imap/fixture.ts';
import { dovecot } from '../support/dovecot/dovecot.ts';
import { startMailRoomFolder } from '../support/mail-room-folder.ts';
import { describeWith } from '../support/requirement.ts';
import { runPostroom } from '../support/run-postroom.ts';
import { createMailbox, SAMPLE_SERVER_MAILBOX } from '../support/sample-mailbox.ts';
import { startWireTap } from '../support/wire-tap.ts';
import {
  createVendor,
  findUnwanted,
  type MailboxFolderOptions,
  writeMailboxFolder,
  writeSecret,
} from './mailbox-folder.ts';

const REPORT: PollReport = {
  mailbox: 'vendor',
  outcome: 'polled',
  isMore: false,
  fault: null,
  dueAtMs: 0,
  tookMs: 5,
  mails: 2,
  bytes: 2400,
  known: 0,
  passedOver: 0,
  oversize: 0,
  unwanted: 0,
  gone: 0,
  troubled: 0,
  quarantined: 0,
  changed: 0,
};

describe('what is told of a poll', () => {
  const moving = createMailbox({ afterwards: { move: 'Done' } }, SAMPLE_SERVER_MAILBOX);
  const leaving = createMailbox({}, SAMPLE_SERVER_MAILBOX);
  const tell = (changes: Partial<PollReport>, isActing = false, mailbox = leaving) =>
    describePoll({ ...REPORT, ...changes }, { mailbox, isActing });

  it('is how much was taken and that nothing was changed', () => {
    expect(tell({})).toEqual({
      mark: 'right',
      lines: ['✓ vendor: 2 mails taken (2.4 kB)', '  nothing in the mailbox was changed'],
    });
  });

  it('is that a mailbox which is to be changed was not, and why', () => {
    const { lines } = tell({}, false, moving);
    expect(lines[1]).toContain('opened read-only, as --act was not written');
    expect(tell({ changed: 2 }, true, moving).lines[1]).toBe('  2 mails changed in the mailbox');
  });

  it('is why a first poll takes nothing', () => {
    expect(tell({ mails: 0, passedOver: 7 }).lines).toEqual([
      '✓ vendor: no mail taken, 7 older than what is wanted',
      '  nothing in the mailbox was changed',
      '  begin is "now", so mail that was there before the first poll is left',
    ]);
  });

  it.each([
    ['busy', 'is being polled by another just now'],
    ['over-budget', 'goes on tomorrow'],
    ['claim-lost', 'another has the mailbox now'],
  ] as const)('is a failure when it is %s', (outcome, expected) => {
    const { mark, lines } = tell({ outcome, mails: 0 });
    expect(mark).toBe('wrong');
    expect(lines[0]).toContain(expected);
  });

  it('is what failed, and what was taken all the same', () => {
    const fault = { code: 'folder-missing', fields: {}, stack: null };
    const { mark, lines } = tell({ fault });
    expect(mark).toBe('wrong');
    expect(lines[0]).toContain('vendor: a folder of the configuration is not there');
    expect(lines[1]).toBe('✓ vendor: 2 mails taken (2.4 kB)');
  });
});

describe('the progress of a poll', () => {
  const STEPS: readonly PollProgress[] = [
    { kind: 'folder', path: 'IN\u001b[2JBOX', mails: 2 },
    { kind: 'batch', mails: 2, bytes: 2400 },
    { kind: 'mail', arrivalId: 'imap-vendor-a', bytes: 1200 },
  ];

  function watch(kind: { readonly isTerminal: boolean; readonly isJson: boolean }) {
    const written: string[] = [];
    const { observe, end } = watchProgress({
      ...kind,
      writeLine: (line) => written.push(`${line}\n`),
      writeRaw: (text) => written.push(text),
    });
    for (const step of STEPS) observe(step);
    end();
    return written;
  }

  it('is plain lines in a pipe', () => {
    expect(watch({ isTerminal: false, isJson: false })).toEqual([
      'INBOX holds 2 mails\n',
      'imap-vendor-a  1.2 kB\n',
    ]);
  });

  it('is one line that is drawn again on a terminal, and removed at the end', () => {
    const written = watch({ isTerminal: true, isJson: false });
    expect(written.at(-2)).toBe(
      '\r\u001b[KINBOX  [############············]  1 of 2 mails, 1.2 kB',
    );
    expect(written.at(-1)).toBe('\r\u001b[K');
    expect(written.join('')).not.toContain('\n');
  });

  it.each([true, false])('is an object for each mail with --json (terminal: %s)', (isTerminal) => {
    expect(watch({ isTerminal, isJson: true })).toEqual([
      '{"event":"mail","arrivalId":"imap-vendor-a","bytes":1200}\n',
    ]);
  });

  it.each([
    [0, 0, '[························]  0 of 0 mails, 0 B'],
    [49, 50, '[#######################·]  49 of 50 mails, 0 B'],
    [50, 50, '[########################]  50 of 50 mails, 0 B'],
    [51, 50, '[########################]  51 of 50 mails, 0 B'],
  ])('has a bar for %i of %i', (done, total, bar) => {
    expect(drawBar(done, total, 0)).toBe(bar);
  });
});

describe('postroom poll without what it needs', () => {
  it('says how to start a local run when there is none', async () => {
    const cwd = writeMailboxFolder({ port: 1 });
    const { status, stderr } = await runPostroom(['poll', 'vendor'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain('postroom: poll: no local run in this folder; start one with');
  });

  it('does not poll what is deployed without --act where mail is to be changed', async () => {
    const cwd = writeMailboxFolder({ port: 1, afterwards: 'delete' });
    const { status, stderr } = await runPostroom(['poll', 'vendor', '--env', 'test'], { cwd });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^postroom: poll: expected --act with --env, as vendor has afterwards/);
  });

  it.each(['0', '-1', 'many'])('takes no --limit of %s', async (limit) => {
    const cwd = writeMailboxFolder({ port: 1 });
    const { status, stderr } = await runPostroom(['poll', 'vendor', '--limit', limit], { cwd });
    expect({ status, isTold: stderr.includes('Expected how many mails') }).toEqual({
      status: 2,
      isTold: true,
    });
  });
});

describeWith([dovecot], 'postroom poll', () => {
  const getServer = useDovecot();

  /** A mailbox with two mails behind a relay that listens in, and a local run to poll into. */
  async function startRoom(changes: Omit<MailboxFolderOptions, 'port'> = {}) {
    const server = getServer();
    const mailbox = server.createMailbox();
    mailbox.deliver([createMail('one'), createMail('two')]);
    const tap = await startWireTap(server.ports[changes.protocol ?? 'imap']);
    onTestFinished(() => tap.stop());
    const vendor = createVendor({ port: tap.port, begin: 'everything', ...changes });
    const room = await startMailRoomFolder({ mailboxes: [vendor] });
    writeSecret(room.folder, mailbox.credential);
    return { ...room, mailbox, tap };
  }

  it.each([
    ['imap', 'mark-seen'],
    ['imap', { move: 'Done' }],
    ['imap', 'delete'],
    ['pop3', 'delete'],
  ] as const)(
    'sends an %s server no command that writes without --act, though afterwards is %j',
    async (protocol, afterwards) => {
      const { postroom, tap, mailbox, waitFor } = await startRoom({ protocol, afterwards });
      const { status, stdout, stderr } = await postroom('poll', 'vendor');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('✓ vendor: 2 mails taken');
      expect(stdout).toContain('nothing in the mailbox was changed: it was opened read-only');
      expect(findUnwanted(tap.lines())).toEqual([]);
      expect(tap.lines().join('\n')).toMatch(protocol === 'imap' ? /FETCH/ : /TOP/);
      expect((await mailbox.listMails()).map(({ flags }) => flags)).toEqual([[], []]);
      const told = await waitFor('mail', 2);
      expect(told.map(({ queue }) => queue)).toEqual(['inbox', 'inbox']);
    },
  );

  it.each([
    ['imap', 'mark-seen', /STORE/],
    ['pop3', 'delete', /DELE/],
  ] as const)('changes what it takes from an %s server with --act', async (...row) => {
    const [protocol, afterwards, command] = row;
    const { postroom, tap, mailbox } = await startRoom({ protocol, afterwards });
    const { status, stdout } = await postroom('poll', 'vendor', '--act');
    expect(status).toBe(0);
    expect(stdout).toContain('  2 mails changed in the mailbox\n');
    expect(findUnwanted(tap.lines()).join('\n')).toMatch(command);
    const flags = (await mailbox.listMails()).map((mail) => mail.flags);
    expect(flags).toEqual(protocol === 'imap' ? [['\\Seen'], ['\\Seen']] : []);
  });

  it('takes no more than --limit, and the rest the next time', async () => {
    const { postroom } = await startRoom();
    const first = await postroom('poll', 'vendor', '--limit', '1');
    expect(first.stdout).toContain('✓ vendor: 1 mail taken');
    expect(first.stdout).toContain('  there is more; run it again\n');
    const second = await postroom('poll', 'vendor', '--json');
    const lines = second.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      { event: 'mail', arrivalId: expect.stringMatching(/^imap-vendor-[0-9a-f]{40}$/) as unknown },
      { event: 'report', mailbox: 'vendor', outcome: 'polled', mails: 1, isMore: false },
    ]);
    const third = await postroom('poll', 'vendor');
    expect(third.stdout).toBe(
      'INBOX holds 2 mails\n✓ vendor: no mail taken\n  nothing in the mailbox was changed\n',
    );
  });

  it('fails without a password, and pauses nothing', async () => {
    const room = await startMailRoomFolder({ mailboxes: [createVendor({ port: 1 })] });
    expect(await room.postroom('poll', 'vendor')).toMatchObject({
      status: 1,
      stderr: 'postroom: poll: vendor: the file .postroom/secrets/mailboxes.json is not there\n',
    });
    const { stdout } = await room.postroom('mailbox', 'list');
    expect(stdout).toContain(
      '? vendor  vendor@elsewhere.example by IMAP\n  no successful poll yet',
    );
  });

  it('is told of by mailbox list and by find', async () => {
    const { postroom, waitFor } = await startRoom();
    await postroom('poll', 'vendor');
    await waitFor('mail', 2);
    const listed = JSON.parse((await postroom('mailbox', 'list', '--json')).stdout) as unknown;
    expect(listed).toMatchObject({
      mailbox: 'vendor',
      lastSuccessAt: expect.stringMatching(/Z$/) as unknown,
      failures: 0,
      failureCode: null,
      isPolledNow: false,
    });
    const found = await postroom('find', 'vendor@elsewhere.example', '--since', '1h');
    expect(found.stdout).toMatch(/arrived by imap from the mailbox vendor, kept at s3:/);
  });

  it('says why it failed in one sentence', async () => {
    const room = await startRoom();
    writeSecret(room.folder, { ...room.mailbox.credential, password: 'hush-hush' });
    const { status, stdout } = await room.postroom('poll', 'vendor');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^✗ vendor: 127\.0\.0\.1:\d+ refused the user or the password/);
    expect(stdout).not.toContain('hush-hush');
    const listed = await room.postroom('mailbox', 'list');
    expect(listed.stdout).toContain('✗ vendor');
    expect(listed.stdout).toContain('paused, as its password was refused or is missing');
  });
});

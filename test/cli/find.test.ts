import * as z from 'zod';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../mail/ports/clock.ts';
import { createSampleFolder } from '../support/command-line-sample.ts';
import { toAwsVariables } from '../support/embedded-sqs.ts';
import { openLedgerTable } from '../support/ledger-table.ts';
import { startMailRoomFolder } from '../support/mail-room-folder.ts';
import { runPostroom } from '../support/run-postroom.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, writeMail } from '../support/sample-mail.ts';

/** Times differ from run to run; what happened does not. */
const withoutTimes = (stdout: string): readonly string[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME').trimEnd());

const readArrivalId = (line: string): unknown =>
  z.object({ arrivalId: z.string() }).parse(JSON.parse(line)).arrivalId;

const MAIL_ID = /m1-[0-9a-f]{16}-[0-9a-f]{64}/;

describe('postroom find', () => {
  it('tells the whole story of a mail, by each thing that it is known by', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'usual', mail: SAMPLE_MAIL });
    const { status, stdout, stderr } = await room.postroom('find', 'ses-1-usual');
    const [mailId = ''] = MAIL_ID.exec(stdout) ?? [];
    const [eventId = ''] = /e1-[0-9a-f]{64}/.exec(stdout) ?? [];
    const { mailBucket } = room.run.endpoints;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(withoutTimes(stdout)).toEqual([
      '✓ Printer on fire',
      '  bounce@sender.example (from ann@sender.example) → support@example.com',
      '  ses-1-usual, 165 B',
      `  ${mailId}`,
      `  TIME  arrived by ses, kept at s3://${mailBucket}/raw/ses/1/usual`,
      '  TIME  seen',
      '  TIME  taken to be handled',
      '  TIME  decided: to support for support@example.com (rule support)',
      `  TIME  sent to support: ${eventId}`,
      '  TIME  done: sent',
    ]);
    for (const known of [
      mailId,
      'one@sender.example',
      '<one@sender.example>',
      'support@example.com',
      'ANN@sender.example',
      'bounce@sender.example',
    ]) {
      const found = await room.postroom('find', known, '--since', '1h');
      expect(found.stdout, known).toBe(stdout);
    }
  });

  it('tells who has the delivery of a repeat, and how often a mail was announced again', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'first', mail: SAMPLE_MAIL });
    await room.play({ messageId: 'second', mail: SAMPLE_MAIL });
    await room.play({ messageId: 'first', mail: SAMPLE_MAIL, isAgain: true });
    await room.play({ messageId: 'first', mail: SAMPLE_MAIL, isAgain: true });
    const { stdout } = await room.postroom('find', 'one@sender.example');
    const [first = '', second = ''] = stdout.split('\n\n');
    expect(withoutTimes(first).slice(-2)).toEqual([
      '  TIME  done: sent',
      '  TIME  announced again, 2 times so far; swallowed, as it was done',
    ]);
    expect(withoutTimes(second).slice(-2)).toEqual([
      '  TIME  decided: a repeat for support@example.com, which ses-1-first has; swallowed',
      '  TIME  done: repeat',
    ]);
  });

  it('tells of a mail through two receipt rules what each copy was handled for', async () => {
    const room = await startMailRoomFolder();
    const [one, both] = [['support@example.com'], ['support@example.com', 'hello@example.com']];
    await room.play({ messageId: 'twice', mail: SAMPLE_MAIL, recipients: one });
    await room.play({ messageId: 'twice', rule: 2, mail: SAMPLE_MAIL, recipients: both });
    const { stdout } = await room.postroom('find', 'hello@example.com', '--since', '1h');
    expect(withoutTimes(stdout).filter((line) => line.includes('decided'))).toEqual([
      '  TIME  decided: to inbox for hello@example.com (otherwise, as no rule sent it anywhere)',
      '  TIME  decided: a repeat for support@example.com, which ses-1-twice has; swallowed',
    ]);
    const arrivals = (await room.postroom('find', 'one@sender.example', '--json')).stdout;
    expect(arrivals.trimEnd().split('\n').map(readArrivalId)).toEqual([
      'ses-1-twice',
      'ses-2-twice',
    ]);
  });

  it('tells why a mail is not handled, and how often that was tried', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'missing' });
    await room.waitFor('mail');
    const { status, stdout } = await room.postroom('find', 'ses-1-missing');
    expect(status).toBe(0);
    expect(withoutTimes(stdout)).toEqual([
      '✗ (not read)',
      '  bounce@sender.example → support@example.com',
      '  ses-1-missing',
      expect.stringContaining('TIME  arrived by ses'),
      '  TIME  seen',
      '  TIME  taken to be handled, 11 times so far',
      '  TIME  held in quarantine: it could not be handled in 10 tries (peer-unavailable)',
      expect.stringContaining('  TIME  sent to inbox: e1-'),
      '  TIME  done: quarantined',
    ]);
  });

  it('keeps a forged Message-ID apart from the mail that had it first', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'real', mail: SAMPLE_MAIL });
    await room.play({ messageId: 'forged', mail: writeMail(SAMPLE_HEADERS, 'Pay here\r\n') });
    const { stdout } = await room.postroom('find', 'one@sender.example');
    const [real = '', forged = ''] = stdout.split('\n\n');
    const [mailId = 'none'] = MAIL_ID.exec(real) ?? [];
    expect(real).not.toContain('its Message-ID');
    expect(forged).toContain(
      `decided: not the mail that came before with its Message-ID, ${mailId}`,
    );
    expect((await room.postroom('find', mailId)).stdout).toBe(`${real}\n`);
  });

  it('says in one line that nothing is known, and fails', async () => {
    const room = await startMailRoomFolder();
    for (const sought of ['ses-1-never', 'nobody@example.com', '<never@example.com>']) {
      expect(await room.postroom('find', sought, '--since', '1h')).toEqual({
        status: 1,
        stdout: '',
        stderr:
          'postroom: find: nothing is known of it; an address is sought in the list of handled mail, as far back as --since says\n',
      });
    }
  });

  it('asks what is deployed with --env', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'usual', mail: SAMPLE_MAIL });
    const env = toAwsVariables(room.run.endpoints.dynamodbEndpoint);
    const deployed = await room.postroomWith(env, 'find', 'ses-1-usual', '--env', 'test');
    expect(deployed).toEqual(await room.postroom('find', 'ses-1-usual'));
  });

  it.each([
    ['an environment that is not deployed', 'finds nothing in this account and region; deploy'],
    ['an endpoint that does not answer', 'got no answer (ECONNREFUSED); check the network'],
  ])('says in one line what to do about %s', async (trouble, expected) => {
    const table = await openLedgerTable(systemClock);
    onTestFinished(() => table.close());
    const { status, stderr } = await runPostroom(['find', 'x', '--env', 'dev'], {
      cwd: createSampleFolder(),
      env: toAwsVariables(trouble.includes('answer') ? 'http://127.0.0.1:1' : table.endpoint),
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^postroom: dynamodb:GetItem .*\n$/);
    expect(stderr).toContain(expected);
  });

  it('says how to start a local run when there is none', async () => {
    const { status, stderr } = await runPostroom(['find', 'a@example.com'], {
      cwd: createSampleFolder(),
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'postroom: find: no local run in this folder; start one with `npm start`, or ask what is deployed with --env NAME\n',
    });
  });
});

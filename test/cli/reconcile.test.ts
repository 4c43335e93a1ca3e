import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { peekLocalQueue } from '../../local/queues.ts';
import { createSampleFolder } from '../support/command-line-sample.ts';
import { startMailRoomFolder } from '../support/mail-room-folder.ts';
import { runPostroom } from '../support/run-postroom.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, writeMail } from '../support/sample-mail.ts';

/** A run that had one mail, and whose bucket has another that nobody announced. */
async function startRoom() {
  const room = await startMailRoomFolder();
  await room.play({ messageId: 'announced', mail: SAMPLE_MAIL });
  const trace = [
    'Return-Path: <bounce@sender.example>',
    'Received: from a (a [192.0.2.7]) by inbound-smtp.us-east-1.amazonaws.com with SMTP id lost',
    ' for hello@example.com; Tue, 24 Nov 2026 09:00:00 +0000 (UTC)',
    'X-SES-Virus-Verdict: PASS',
    '',
  ].join('\r\n');
  const mail = writeMail({ ...SAMPLE_HEADERS, To: 'hello@example.com', Subject: 'Lost' });
  for (const [key, Body] of [
    ['raw/ses/1/lost', `${trace}${mail}`],
    ['raw/ses/1/AMAZON_SES_SETUP_NOTIFICATION', 'hello'],
    ['raw/ses/a-stranger', mail],
  ] as const) {
    await room.clients.s3.send(
      new PutObjectCommand({ Bucket: room.run.endpoints.mailBucket, Key: key, Body }),
    );
  }
  return room;
}

describe('postroom reconcile', () => {
  it('says which mail was never announced, and changes nothing', async () => {
    const room = await startRoom();
    const first = await room.postroom('reconcile', '--since', '1h');
    expect(first.status).toBe(0);
    expect(first.stdout.replace(/\d{4}-[^ ]+Z/, 'TIME')).toBe(
      '✗ TIME  raw/ses/1/lost  never announced: bounce@sender.example to hello@example.com\n',
    );
    expect(first.stderr).toBe(
      '1 of 4 raw mails never announced; nothing was changed; add --act to let them in\n',
    );
    expect(await room.postroom('reconcile', '--since', '1h')).toEqual(first);
    expect(room.events.filter(({ event }) => event === 'mail')).toHaveLength(1);
  });

  it('lets it in with --act, once', async () => {
    const room = await startRoom();
    const { status, stdout, stderr } = await room.postroom(
      ...['reconcile', '--since', '1h', '--act', '--json'],
    );
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: '1 of 4 raw mails never announced; now in the arrivals queue\n',
    });
    expect(JSON.parse(stdout)).toMatchObject({
      arrivalId: 'ses-1-lost~found',
      key: 'raw/ses/1/lost',
      recipients: ['hello@example.com'],
      entered: true,
    });
    const [, mail] = await room.waitFor('mail', 2);
    expect(mail).toMatchObject({ subject: 'Lost', queue: 'inbox' });
    const [message] = (await peekLocalQueue(room.run.endpoints, 'postroom-test-inbox.fifo')) ?? [];
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      envelope: { source: 'headers' },
      verdicts: { virus: 'PASS', spam: 'PROCESSING_FAILED' },
    });
    expect(await room.postroom('reconcile', '--since', '1h')).toEqual({
      status: 0,
      stdout: '',
      stderr: '0 of 4 raw mails never announced: nothing to do\n',
    });
  });

  it('leaves alone what was stored before the time', async () => {
    const room = await startRoom();
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    expect((await room.postroom('reconcile', '--since', tomorrow)).stderr).toBe(
      '0 of 0 raw mails never announced: nothing to do\n',
    );
    const yesterday = new Date(Date.now() - 86_400_000).toISOString();
    expect((await room.postroom('reconcile', '--since', yesterday)).stderr).toContain('1 of 4');
  });

  it.each([
    ['yesterday', 'Expected an age or a time'],
    ['10', 'Expected an age or a time'],
    ['3y', 'Expected minutes, hours or days'],
    ['2026-13-45', 'Expected an age or a time'],
  ])('refuses %s as a time', async (since, words) => {
    const { status, stderr } = await runPostroom(['reconcile', '--since', since], {
      cwd: createSampleFolder(),
    });
    expect(status).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(words)]);
  });

  it('wants to be told how far back to look', async () => {
    const { status, stderr } = await runPostroom(['reconcile'], { cwd: createSampleFolder() });
    expect(status).toBe(2);
    expect(stderr).toContain('--since <age>');
  });
});

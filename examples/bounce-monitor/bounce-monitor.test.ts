import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SAMPLE_HEADERS, writeMail } from '../../test/support/sample-mail.ts';
import { describeExample } from '../../test/support/start-example.ts';
import configuration from './postroom.config.ts';

const BOUNCE = readFileSync('events/mail/bounce.eml', 'utf8').replace(/\r?\n/g, '\r\n');
const UNSUBSCRIBE = writeMail({ ...SAMPLE_HEADERS, Subject: '=?utf-8?q?Unsubscribe_bitte?=' });
const OTHER = writeMail({ ...SAMPLE_HEADERS, 'Message-ID': '<two@sender.example>' });

const EXAMPLE = { example: 'bounce-monitor', mailbox: 'bounces', queue: 'feedback', configuration };

describeExample(EXAMPLE, (start) => {
  it('counts bounces, requests to unsubscribe and the rest, in inbox and junk', async () => {
    const { receive, runConsumer } = await start();
    await receive([UNSUBSCRIBE, OTHER]);
    await receive([BOUNCE], { folder: 'Junk' });
    expect(JSON.parse(await runConsumer())).toEqual({
      mails: 3,
      recipients: { permanent: 1, expired: 0, delayed: 0, other: 0 },
      statuses: { '5.2.2': 1 },
      unreadable: 0,
      unsubscribes: 1,
      others: 1,
      stopMailing: ['ada.berg@example.net', 'ann@sender.example'],
    });
  });

  it('adds to what it counted before, and counts a bounce that comes twice once', async () => {
    const { receive, runConsumer } = await start();
    await receive([BOUNCE]);
    expect(JSON.parse(await runConsumer())).toMatchObject({ mails: 1 });
    await receive([BOUNCE, BOUNCE.replaceAll('5.2.2', '4.4.1').replace('8D1F2A@', '8D1F2B@')]);
    expect(JSON.parse(await runConsumer())).toMatchObject({
      mails: 2,
      recipients: { permanent: 1, expired: 1 },
      statuses: { '4.4.1': 1, '5.2.2': 1 },
    });
  });

  it('marks what it took as seen', async () => {
    const { room, receive } = await start();
    await receive([BOUNCE]);
    expect(await room.findMailbox('bounces').listMails()).toEqual([{ uid: 1, flags: ['\\Seen'] }]);
  });
});

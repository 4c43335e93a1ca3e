import { expect, it } from 'vitest';
import { writeMail } from '../../test/support/sample-mail.ts';
import { describeExample } from '../../test/support/start-example.ts';
import configuration from './postroom.config.ts';

const HOUR_MS = 3_600_000;
/** Full, so that the hours that are told are whole. */
const NOW_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const NOW = new Date(NOW_MS).toISOString();

const write = (from: string, id: string, subject: string, references = ''): string =>
  writeMail({
    From: from,
    To: from === 'support@example.com' ? 'ann@sender.example' : 'support@example.com',
    Subject: subject,
    Date: 'Tue, 24 Nov 2026 10:00:00 +0100',
    'Message-ID': `<${id}>`,
    ...(references === '' ? {} : { References: references, 'In-Reply-To': references }),
  });

const EXAMPLE = {
  example: 'support-summary',
  mailbox: 'support',
  queue: 'support-summary',
  configuration,
};

describeExample(EXAMPLE, (start) => {
  it('counts by sender and subject, and lists what the sent folder does not answer', async () => {
    const { room, receive, runConsumer } = await start();
    const inbox = (hoursAgo: number) => ({ receivedAtMs: NOW_MS - hoursAgo * HOUR_MS });
    room
      .findMailbox('support')
      .deliver([write('ben@sender.example', 'q1@x', 'Where is my order?')], inbox(50));
    room.findMailbox('support').deliver([write('ann@sender.example', 'q2@x', 'Printer')], inbox(3));
    room
      .findMailbox('support')
      .deliver([write('ann@sender.example', 'q3@x', 'Re: Printer')], inbox(2));
    await receive([write('support@example.com', 'a2@y', 'Re: Printer', '<q2@x>')], {
      ...inbox(1),
      folder: 'Sent',
    });
    expect(await runConsumer('--until', NOW)).toBe(
      [
        `Support, 24 hours to ${NOW.slice(0, 16).replace('T', ' ')} UTC`,
        '2 questions, 1 answer, 0 automatic mails',
        '',
        'By sender',
        '    2  ann@sender.example',
        '',
        'By subject',
        '    2  Printer',
        '',
        'Unanswered: 2, oldest first',
        '   2 d 2 h  ben@sender.example  Where is my order?',
        '       2 h  ann@sender.example  Re: Printer',
        '',
      ].join('\n'),
    );
  });

  it('remembers questions until they are answered', async () => {
    const { receive, runConsumer } = await start();
    const readUnanswered = async (): Promise<unknown> =>
      JSON.parse(await runConsumer('--json')) as unknown;
    await receive([write('ben@sender.example', 'q1@x', 'Where is my order?')]);
    expect(await readUnanswered()).toMatchObject({ unanswered: [{ from: 'ben@sender.example' }] });
    expect(await readUnanswered()).toMatchObject({ questions: 1, unanswered: [{}] });
    await receive([write('support@example.com', 'a1@y', 'Re: Where', '<q1@x>')], {
      folder: 'Sent',
    });
    expect(await readUnanswered()).toMatchObject({ questions: 1, answers: 1, unanswered: [] });
  });

  it('gives the ticket system questions, and no answers', async () => {
    const { room, receive } = await start();
    await receive([write('ann@sender.example', 'q1@x', 'Printer')]);
    await receive([write('support@example.com', 'a1@y', 'Re: Printer')], { folder: 'Sent' });
    const tickets = await room.drain('support');
    expect(tickets.map((body): unknown => JSON.parse(body))).toMatchObject([
      { subject: 'Printer' },
    ]);
    expect(await room.drain('support-summary')).toHaveLength(2);
  });
});

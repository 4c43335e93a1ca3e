import { describe, expect, it } from 'vitest';
import { formatMessage, formatMessageJson } from '../../cli/queue/format-queue.ts';
import { createSampleEvent } from '../support/sample-event.ts';

const sentAtMs = Date.parse('2026-11-24T09:00:01.000Z');
const format = (body: unknown, receives = 1): readonly string[] =>
  formatMessage({
    body: typeof body === 'string' ? body : JSON.stringify(body),
    receives,
    sentAtMs,
  });

describe('formatMessage', () => {
  it('says what an event is, for whom, and why it is in its queue', () => {
    const event = createSampleEvent({
      tags: ['urgent'],
      attachments: [
        {
          name: 'a.pdf',
          type: 'application/pdf',
          bytes: 3,
          partPath: '2',
          contentId: null,
          disposition: 'attachment',
        },
      ],
    });
    expect(format(event, 3)).toEqual([
      'The printer burns',
      '  ann@example.net → support@example.com',
      '  by rule support, tagged urgent, 1 attachment, 1.2 kB',
      '  e1-sample',
      '  2026-11-24T09:00:01.000Z, received 3 times',
    ]);
  });

  it('gives the reason of a mail in quarantine', () => {
    const { arrival, envelope, verdicts } = createSampleEvent();
    const { bytes: _, ...raw } = arrival.raw;
    const held = {
      type: 'mail.quarantined',
      version: 1,
      eventId: 'e1-held',
      mailId: null,
      arrival: { ...arrival, raw },
      envelope,
      verdicts,
      reason: 'a virus was found',
      code: 'virus',
      from: null,
      subject: 'Run me',
      messageId: null,
      trace: [],
    };
    const message = { body: JSON.stringify(held), receives: 0, sentAtMs: 0 };
    expect(formatMessage(message).slice(0, 4)).toEqual([
      'in quarantine: Run me',
      '  ann@example.net → support@example.com',
      '  for "a virus was found" (virus)',
      '  e1-held',
    ]);
  });

  it('names the object that a message in quarantine tells of', () => {
    const held = {
      type: 'message.quarantined',
      version: 1,
      eventId: 'e1-held',
      heldId: 'message-1',
      queue: 'drops',
      receivedAt: '2026-11-24T09:00:00.000Z',
      reason: 'enter-drops could not let in what was dropped',
      code: 'drop-failed',
      attempts: 5,
      objects: [{ bucket: 'drops', key: 'scan.pdf' }],
    };
    expect(format(held).slice(0, 4)).toEqual([
      'in quarantine: a message of the queue drops',
      '  s3://drops/scan.pdf',
      '  for "enter-drops could not let in what was dropped" (drop-failed), message-1',
      '  e1-held',
    ]);
  });

  it('lets no mail write on the terminal but its own line', () => {
    const [title] = format(createSampleEvent({ subject: 'a\u001b[2J\r\nb\u202ec\u0007' }));
    expect(title).toBe('a b c ');
  });

  it('writes the null sender and a missing subject out', () => {
    const envelope = {
      sender: '',
      recipients: ['support@example.com'],
      source: 'smtp' as const,
    };
    expect(format(createSampleEvent({ subject: null, envelope })).slice(0, 2)).toEqual([
      '(no subject)',
      '  <> → support@example.com',
    ]);
  });

  it('says where the event of a claim check is', () => {
    const claim = {
      type: 'mail.received.claim',
      version: 1,
      eventId: 'e1-x',
      mailId: 'm1-x',
      event: { bucket: 'mail', key: 'events/e1-x.json', bytes: 70_000, sha256: 'ab' },
    };
    expect(format(claim).slice(0, 3)).toEqual([
      'a claim check',
      '  70.0 kB at s3://mail/events/e1-x.json',
      '  e1-x',
    ]);
  });

  it('knows the notifications of the arrivals queue', () => {
    const notification = {
      notificationType: 'Received',
      mail: { timestamp: '2026-11-24T09:00:00.000Z', source: 'a@example.net', messageId: 'abc' },
      receipt: {
        timestamp: '2026-11-24T09:00:00.000Z',
        recipients: ['support@example.com'],
        action: { type: 'S3', bucketName: 'mail', objectKey: 'raw/ses/1/abc' },
      },
    };
    expect(format(notification).slice(0, 3)).toEqual([
      'a mail that SES announced',
      '  a@example.net → support@example.com',
      '  s3://mail/raw/ses/1/abc',
    ]);
  });

  it.each([
    [
      'a claim check',
      {
        type: 'mail.received.claim',
        version: 1,
        eventId: 'e1\u001b[2J\nforged',
        mailId: 'm1-x',
        event: { bucket: 'b\u009b2J', key: 'k\r\nforged', bytes: 70_000, sha256: 'ab' },
      },
    ],
    ['an event', createSampleEvent({ eventId: 'e1\u001b[2J\nforged' })],
    [
      'a notification',
      {
        notificationType: 'Received',
        mail: { timestamp: '2026-11-24T09:00:00.000Z', messageId: 'abc' },
        receipt: {
          timestamp: '2026-11-24T09:00:00.000Z',
          recipients: ['support@example.com'],
          action: { type: 'S3', bucketName: 'b\u001b[2J', objectKey: 'k\nforged' },
        },
      },
    ],
  ])('lets %s that somebody forged write no line of ours', (_, body) => {
    expect(format(body).join('')).not.toMatch(/\p{Cc}/u);
  });

  it('shows the start of what is not ours', () => {
    expect(format('x'.repeat(300))[1]).toBe(`  ${'x'.repeat(200)}`);
  });
});

describe('formatMessageJson', () => {
  it('gives JSON in one line, whatever the message holds', () => {
    expect(formatMessageJson({ body: '{\n "a": 1\n}', receives: 1, sentAtMs })).toBe('{"a":1}');
    expect(formatMessageJson({ body: 'two\nlines', receives: 1, sentAtMs })).toBe('"two\\nlines"');
  });
});

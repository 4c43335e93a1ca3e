import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  mailReceivedClaimSchema,
  mailReceivedSchema,
} from '../../../mail/contracts/mail-received.ts';
import { createMemoryRoom } from '../../support/memory-room.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, writeMail } from '../../support/sample-mail.ts';
import { createSesNotification } from '../../support/sample-notification.ts';

describe('parse-mail', () => {
  it('sends the event of a mail to the queue that the rules chose', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    expect(await room.invoke(createSesNotification())).toEqual({ batchItemFailures: [] });
    expect(room.sent.map(({ queue }) => queue)).toEqual(['support']);
    const event = mailReceivedSchema.parse(JSON.parse(room.sent[0]?.body ?? ''));
    expect(event).toMatchObject({
      mailId: expect.stringMatching(/^m1-[0-9a-f]{16}-[0-9a-f]{64}$/) as unknown,
      arrival: { arrivalId: 'ses-1-abc123', raw: { bytes: 165 } },
      envelope: { sender: 'bounce@sender.example', recipients: ['support@example.com'] },
      from: [{ name: 'Ann', address: 'ann@sender.example' }],
      to: [{ name: '', address: 'support@example.com' }],
      subject: 'Printer on fire',
      date: '2026-11-24T09:00:00.000Z',
      messageId: 'one@sender.example',
      text: 'Hello\n',
      html: null,
      attachments: [],
      trace: [{ decidedBy: { kind: 'rule', rule: 'support' } }],
    });
  });

  it('returns a failed record as failed and nothing else of its batch', async () => {
    const room = createMemoryRoom({ good: SAMPLE_MAIL, fine: SAMPLE_MAIL.replace('one@', 'two@') });
    const result = await room.invoke(
      createSesNotification({ messageId: 'good' }),
      createSesNotification({ messageId: 'missing' }),
      'no JSON',
      createSesNotification({ messageId: 'good', bucketName: 'a-stranger' }),
      createSesNotification({ messageId: 'fine' }),
    );
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }]);
    const told = room.sent.map(({ body }) => (JSON.parse(body) as { readonly type: string }).type);
    expect(told.toSorted()).toEqual([
      'mail.received',
      'mail.received',
      'message.quarantined',
      'message.quarantined',
    ]);
  });

  it('fails a batch of one record without throwing', async () => {
    const room = createMemoryRoom({});
    const result = await room.invoke(createSesNotification());
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
  });

  it('reports failures by code, without an address or a subject', async () => {
    const room = createMemoryRoom({ good: SAMPLE_MAIL });
    await room.invoke(
      createSesNotification({ messageId: 'good' }),
      createSesNotification({ messageId: 'missing' }),
    );
    expect(room.reports).toEqual([
      {
        records: 2,
        events: 1,
        repeats: 0,
        heldMessages: 0,
        isUncounted: false,
        failed: [
          {
            messageId: 'message-1',
            receives: 1,
            code: 'peer-unavailable',
            fields: { peer: 'S3', name: 'NoSuchKey' },
          },
        ],
      },
    ]);
    expect(JSON.stringify(room.reports)).not.toMatch(/@|Printer/);
  });

  it('takes the setup notification for done', async () => {
    const room = createMemoryRoom({});
    const setup = createSesNotification({ messageId: 'AMAZON_SES_SETUP_NOTIFICATION' });
    expect(await room.invoke(setup)).toEqual({ batchItemFailures: [] });
    expect(room.handled).toEqual([]);
  });

  it('uses the envelope for rules, whatever the headers say', async () => {
    const room = createMemoryRoom({
      abc123: writeMail({ ...SAMPLE_HEADERS, To: 'invoices@example.com' }),
    });
    await room.invoke(createSesNotification({ recipients: ['support@example.com'] }));
    expect(room.sent.map(({ queue }) => queue)).toEqual(['support']);
  });

  it('gives one group and one deduplication id to the events of a FIFO queue', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    await room.invoke(createSesNotification({ recipients: ['invoices@example.com'] }));
    expect(room.sent[0]).toMatchObject({
      queue: 'invoices',
      eventId: expect.stringMatching(/^e1-[0-9a-f]{64}$/) as unknown,
      groupId: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
    });
  });

  it('sends a claim check for an event above the limit, inline up to it', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    await room.invoke(createSesNotification());
    const inlineBytes = Buffer.byteLength(room.sent[0]?.body ?? '');
    const send = async (limit: number) => {
      const limited = createMemoryRoom(
        { abc123: SAMPLE_MAIL },
        { configuration: { limits: { inlineEventBytes: limit } } },
      );
      await limited.invoke(createSesNotification());
      return limited;
    };
    for (const limit of [inlineBytes + 1, inlineBytes]) {
      expect((await send(limit)).sent[0]?.body).toBe(room.sent[0]?.body);
    }
    const { sent, objects } = await send(inlineBytes - 1);
    const claim = mailReceivedClaimSchema.parse(JSON.parse(sent[0]?.body ?? ''));
    expect(String(objects.get(`mail-bucket/${claim.event.key}`))).toBe(room.sent[0]?.body);
    expect(claim.event.bytes).toBe(inlineBytes);
  });

  it('fails a mail whose stream breaks', async () => {
    const room = createMemoryRoom(
      {},
      {
        wrapPorts: (ports) => ({
          ...ports,
          rawMail: {
            openRawMail: () =>
              Promise.resolve(
                Readable.from(
                  (function* () {
                    yield Buffer.from(SAMPLE_MAIL.slice(0, 80));
                    throw new Error('connection reset');
                  })(),
                ),
              ),
          },
        }),
      },
    );
    const result = await room.invoke(createSesNotification());
    expect(room.reports[0]?.failed[0]?.code).toBe('Error');
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
  });

  it('tells its watcher of mail that the rules dropped', async () => {
    const rules = [
      { name: 'noise', when: { door: 'ses' as const }, then: [{ drop: 'noise' }] },
      { name: 'rest', when: { door: 'drop' as const }, then: [{ queue: 'inbox' }] },
    ];
    const room = createMemoryRoom(
      { abc123: SAMPLE_MAIL },
      { configuration: { queues: { inbox: {} }, rules } },
    );
    await room.invoke(createSesNotification());
    expect(room.handled).toMatchObject([
      { sent: [], dropped: [{ recipients: ['support@example.com'], reason: 'noise' }] },
    ]);
  });
});

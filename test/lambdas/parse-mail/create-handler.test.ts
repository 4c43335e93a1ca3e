import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createMailparserMimeParser } from '../../../adapters/mime/mailparser-mime-parser.ts';
import {
  type BatchReport,
  createParseMailHandler,
} from '../../../lambdas/parse-mail/create-handler.ts';
import type { ConfigurationInput } from '../../../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../../../mail/configuration/parse-configuration.ts';
import { pickParseMailConfiguration } from '../../../mail/configuration/parse-mail-configuration.ts';
import {
  mailReceivedClaimSchema,
  mailReceivedSchema,
} from '../../../mail/contracts/mail-received.ts';
import type { HandledMail } from '../../../mail/ports/ports.ts';
import { createMemoryPorts } from '../../support/memory-ports.ts';
import { createSampleConfiguration } from '../../support/sample-configuration.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, writeMail } from '../../support/sample-mail.ts';
import { createSesNotification } from '../../support/sample-notification.ts';
import { createContext, createSqsEvent } from '../../support/sqs-event.ts';

/** parse-mail over stores in memory that hold these mails by their message id. */
function createRoom(
  mails: Readonly<Record<string, string>>,
  changes: Partial<ConfigurationInput> = {},
) {
  const ports = createMemoryPorts('mail-bucket');
  for (const [messageId, mail] of Object.entries(mails)) {
    ports.objects.set(`mail-bucket/raw/ses/1/${messageId}`, Buffer.from(mail));
  }
  const handled: HandledMail[] = [];
  const reports: BatchReport[] = [];
  const configureAs = (input: Partial<ConfigurationInput>) =>
    pickParseMailConfiguration(parseConfiguration(createSampleConfiguration(input)));
  let configuration = configureAs(changes);
  const handler = createParseMailHandler({
    ...ports,
    mailBucket: 'mail-bucket',
    mime: createMailparserMimeParser(),
    readConfiguration: () => configuration,
    observe: (mail) => handled.push(mail),
    reportBatch: (report) => reports.push(report),
  });
  return {
    ...ports,
    handled,
    reports,
    invoke: (...bodies: readonly unknown[]) => handler(createSqsEvent(...bodies), createContext()),
    configure(input: Partial<ConfigurationInput>) {
      configuration = configureAs(input);
    },
  };
}

describe('parse-mail', () => {
  it('sends the event of a mail to the queue that the rules chose', async () => {
    const room = createRoom({ abc123: SAMPLE_MAIL });
    expect(await room.invoke(createSesNotification())).toEqual({ batchItemFailures: [] });
    expect(room.sent.map(({ queue }) => queue)).toEqual(['support']);
    const event = mailReceivedSchema.parse(JSON.parse(room.sent[0]?.body ?? ''));
    expect(event).toMatchObject({
      mailId: expect.stringMatching(/^m1-[0-9a-f]{64}$/) as unknown,
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

  it('gives the same event for the same notification, byte for byte', async () => {
    const room = createRoom({ abc123: SAMPLE_MAIL });
    await room.invoke(createSesNotification());
    await room.invoke(createSesNotification());
    expect(room.sent[1]).toEqual(room.sent[0]);
  });

  it('returns a failed record as failed and nothing else of its batch', async () => {
    const room = createRoom({ good: SAMPLE_MAIL });
    const result = await room.invoke(
      createSesNotification({ messageId: 'good' }),
      createSesNotification({ messageId: 'missing' }),
      'no JSON',
      createSesNotification({ messageId: 'good', bucketName: 'a-stranger' }),
      createSesNotification({ messageId: 'good' }),
    );
    const failed = result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    expect(failed.toSorted()).toEqual(['message-1', 'message-2', 'message-3']);
    expect(room.sent).toHaveLength(2);
  });

  it('fails a batch of one record without throwing', async () => {
    const room = createRoom({});
    const result = await room.invoke('no JSON');
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
  });

  it('reports failures by code, without an address or a subject', async () => {
    const room = createRoom({ good: SAMPLE_MAIL });
    await room.invoke(
      createSesNotification({ messageId: 'good' }),
      createSesNotification({ messageId: 'missing' }),
    );
    expect(room.reports).toEqual([
      {
        records: 2,
        events: 1,
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
    const room = createRoom({});
    const setup = createSesNotification({ messageId: 'AMAZON_SES_SETUP_NOTIFICATION' });
    expect(await room.invoke(setup)).toEqual({ batchItemFailures: [] });
    expect(room.handled).toEqual([]);
  });

  it('uses the envelope for rules, whatever the headers say', async () => {
    const room = createRoom({
      abc123: writeMail({ ...SAMPLE_HEADERS, To: 'invoices@example.com' }),
    });
    await room.invoke(createSesNotification({ recipients: ['support@example.com'] }));
    expect(room.sent.map(({ queue }) => queue)).toEqual(['support']);
  });

  it('gives one group and one deduplication id to the events of a FIFO queue', async () => {
    const room = createRoom({ abc123: SAMPLE_MAIL });
    await room.invoke(createSesNotification({ recipients: ['invoices@example.com'] }));
    expect(room.sent[0]).toMatchObject({
      queue: 'invoices',
      eventId: expect.stringMatching(/^e1-[0-9a-f]{64}$/) as unknown,
      groupId: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
    });
  });

  it('sends a claim check for an event above the limit, inline up to it', async () => {
    const room = createRoom({ abc123: SAMPLE_MAIL });
    await room.invoke(createSesNotification());
    const inlineBytes = Buffer.byteLength(room.sent[0]?.body ?? '');
    for (const [limit, type] of [
      [inlineBytes + 1, 'mail.received'],
      [inlineBytes, 'mail.received'],
      [inlineBytes - 1, 'mail.received.claim'],
    ] as const) {
      room.configure({ limits: { inlineEventBytes: limit } });
      await room.invoke(createSesNotification());
      expect(JSON.parse(room.sent.at(-1)?.body ?? '')).toMatchObject({ type });
    }
    const claim = mailReceivedClaimSchema.parse(JSON.parse(room.sent.at(-1)?.body ?? ''));
    expect(String(room.objects.get(`mail-bucket/${claim.event.key}`))).toBe(room.sent[0]?.body);
    expect(claim.event.bytes).toBe(inlineBytes);
  });

  it('fails a mail that is larger than the limit, and reads on with the others', async () => {
    const large = writeMail(SAMPLE_HEADERS, 'x'.repeat(5000));
    const room = createRoom({ large, small: SAMPLE_MAIL }, { limits: { mailBytes: 4000 } });
    const result = await room.invoke(
      createSesNotification({ messageId: 'large' }),
      createSesNotification({ messageId: 'small' }),
    );
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect(room.reports[0]?.failed[0]?.code).toBe('limit-exceeded');
  });

  it('fails a mail whose stream breaks', async () => {
    const handler = createParseMailHandler({
      mailBucket: 'mail-bucket',
      mime: createMailparserMimeParser(),
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
      claims: { writeClaim: () => Promise.reject(new Error('not expected')) },
      events: { sendEvent: () => Promise.reject(new Error('not expected')) },
      readConfiguration: () =>
        pickParseMailConfiguration(parseConfiguration(createSampleConfiguration())),
    });
    const result = await handler(createSqsEvent(createSesNotification()), createContext());
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
  });

  it('tells its watcher of mail that the rules dropped', async () => {
    const rules = [
      { name: 'noise', when: { door: 'ses' as const }, then: [{ drop: 'noise' }] },
      { name: 'rest', when: { door: 'drop' as const }, then: [{ queue: 'inbox' }] },
    ];
    const room = createRoom({ abc123: SAMPLE_MAIL }, { queues: { inbox: {} }, rules });
    await room.invoke(createSesNotification());
    expect(room.handled).toMatchObject([
      { sent: [], dropped: [{ recipients: ['support@example.com'], reason: 'noise' }] },
    ]);
  });
});

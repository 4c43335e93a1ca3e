import { describe, expect, it } from 'vitest';
import type { RecordsReport } from '../../../lambdas/create-batch-handler.ts';
import {
  createReconcileArrivalsHandler,
  type ReconcileOutcome,
} from '../../../lambdas/reconcile-arrivals/create-handler.ts';
import { createMemoryDoors, STORED_AT } from '../../support/memory-doors.ts';
import { createMemoryRoom } from '../../support/memory-room.ts';
import { createObjectEvent } from '../../support/sample-object-event.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, writeMail } from '../../support/sample-mail.ts';
import { createSesNotification } from '../../support/sample-notification.ts';
import { createContext, createSqsEvent } from '../../support/sqs-event.ts';

const TRACE = [
  'Return-Path: <bounce@sender.example>',
  'Received: from mail.sender.example (mail.sender.example [192.0.2.7])',
  ' by inbound-smtp.us-east-1.amazonaws.com with SMTP id abc123',
  ' for support@example.com;',
  ' Tue, 24 Nov 2026 09:00:00 +0000 (UTC)',
  'X-SES-Spam-Verdict: PASS',
  'X-SES-Virus-Verdict: PASS',
  'Authentication-Results: amazonses.com; spf=pass; dkim=pass; dmarc=fail',
  '',
].join('\r\n');
const STORED_MAIL = `${TRACE}${SAMPLE_MAIL}`;

/** parse-mail and reconcile-arrivals over one ledger and one bucket that holds a mail of SES. */
function createRoom(mail = STORED_MAIL) {
  const room = createMemoryRoom({ abc123: mail });
  const doors = createMemoryDoors();
  for (const [address, bytes] of room.objects) doors.stored.set(address, { bytes });
  const reports: RecordsReport<ReconcileOutcome>[] = [];
  const reads: string[] = [];
  let lookUps = 0;
  const handler = createReconcileArrivalsHandler({
    arrivals: doors.arrivals,
    objects: {
      readHead(object, maxBytes) {
        reads.push(object.key);
        return doors.objects.readHead(object, maxBytes);
      },
    },
    ledger: {
      recordSeen: (arrived) => room.ledger.recordSeen(arrived),
      readAttempts(arrivalIds) {
        lookUps += arrivalIds.length;
        return room.ledger.readAttempts(arrivalIds);
      },
    },
    mailBucket: 'mail-bucket',
    readConfiguration: () => ({
      receiving: { domains: [{ domain: 'example.com', catchAll: true, unlisted: 'drop' }] },
    }),
    retries: { delayRetry: () => Promise.resolve() },
    clock: { now: () => 0 },
    readRandom: () => 0.5,
    reportBatch: (report) => {
      reports.push(report);
    },
  });
  return {
    ...room,
    notices: doors.notices,
    reports,
    reads,
    countLookUps: () => lookUps,
    reconcile: (key = 'raw/ses/1/abc123', size = mail.length) =>
      handler(
        createSqsEvent(createObjectEvent({ bucket: 'mail-bucket', key, size })),
        createContext(),
      ),
  };
}

describe('reconcile-arrivals', () => {
  it('announces a mail that SES stored and did not announce, as its headers have it', async () => {
    const room = createRoom();
    expect(await room.reconcile()).toEqual({ batchItemFailures: [] });
    expect(room.notices).toEqual([
      {
        type: 'mail.arrived',
        version: 1,
        arrived: {
          arrival: {
            arrivalId: 'ses-1-abc123~found',
            door: 'ses',
            receivedAt: STORED_AT.toISOString(),
            raw: { bucket: 'mail-bucket', key: 'raw/ses/1/abc123' },
          },
          envelope: {
            sender: 'bounce@sender.example',
            recipients: ['support@example.com'],
            source: 'headers',
          },
          verdicts: { spam: 'PASS', virus: 'PASS', spf: 'PASS', dkim: 'PASS', dmarc: 'FAIL' },
        },
      },
    ]);
    expect(room.reports).toEqual([{ records: 1, outcomes: { entered: 1 }, failed: [] }]);
    await room.invoke(room.notices[0]);
    expect(room.sent.map(({ queue }) => queue)).toEqual(['support']);
  });

  it('reads one row for a mail that parse-mail has had, and nothing else', async () => {
    const room = createRoom();
    await room.invoke(createSesNotification());
    await room.reconcile();
    expect(room.notices).toEqual([]);
    expect(room.reads).toEqual([]);
    expect(room.countLookUps()).toBe(1);
    expect(room.reports).toMatchObject([{ outcomes: { known: 1 } }]);
  });

  it.each([
    ['after', ['found', 'told']],
    ['before', ['told', 'found']],
  ] as const)(
    'causes no second event when the notification comes %s it',
    async (_, [first, second]) => {
      const room = createRoom();
      await room.reconcile();
      const messages = { found: room.notices[0], told: createSesNotification() };
      await room.invoke(messages[first]);
      await room.invoke(messages[second]);
      expect(room.sent).toHaveLength(1);
    },
  );

  it('leaves those recipients to a late notification whom no header names', async () => {
    const room = createRoom();
    await room.reconcile();
    await room.invoke(room.notices[0]);
    await room.invoke(
      createSesNotification({ recipients: ['support@example.com', 'invoices@example.com'] }),
    );
    expect(room.sent.map(({ queue }) => queue)).toEqual(['support', 'invoices']);
  });

  it('causes no second event of a mail without Message-ID and Date either', async () => {
    const { From, To } = SAMPLE_HEADERS;
    const room = createRoom(`${TRACE}${writeMail({ From, To })}`);
    await room.reconcile();
    await room.invoke(room.notices[0]);
    await room.invoke(createSesNotification());
    expect(room.sent).toHaveLength(1);
  });

  it('adds the recipients of ours that To and Cc name: SES names one', async () => {
    const headers = { ...SAMPLE_HEADERS, To: 'support@example.com, invoices@example.com' };
    const room = createRoom(`${TRACE}${writeMail({ ...headers, Cc: 'x@elsewhere.example' })}`);
    await room.reconcile();
    expect(room.notices[0]?.arrived.envelope.recipients).toEqual([
      'support@example.com',
      'invoices@example.com',
    ]);
  });

  it('enters what SES did not sign with verdicts that are never read as PASS', async () => {
    const room = createRoom(`X-SES-Virus-Verdict: PASS\r\n${SAMPLE_MAIL}`);
    await room.reconcile();
    expect(room.notices[0]?.arrived).toMatchObject({
      envelope: { sender: 'ann@sender.example', recipients: ['support@example.com'] },
      verdicts: { spam: 'PROCESSING_FAILED', virus: 'PROCESSING_FAILED' },
    });
  });

  it('enters also what has no headers, for the postmaster', async () => {
    const room = createRoom('not a mail at all');
    await room.reconcile();
    expect(room.notices[0]?.arrived.envelope).toEqual({
      sender: '',
      recipients: ['postmaster@example.com'],
      source: 'headers',
    });
  });

  it("passes over SES's setup notification and an empty object", async () => {
    const room = createRoom();
    await room.reconcile('raw/ses/1/AMAZON_SES_SETUP_NOTIFICATION');
    await room.reconcile('raw/ses/1/empty', 0);
    expect(room.notices).toEqual([]);
    expect(room.countLookUps()).toBe(0);
    expect(room.reports.map(({ outcomes }) => outcomes)).toEqual([
      { 'no-mail': 1 },
      { 'no-mail': 1 },
    ]);
  });

  it.each(['raw/drop/abc', 'raw/ses/1/a/b', 'raw/ses/one/abc', 'events/abc.json'])(
    'refuses the key %s, which no receipt rule writes',
    async (key) => {
      const room = createRoom();
      expect((await room.reconcile(key)).batchItemFailures).toHaveLength(1);
      expect(room.reports[0]?.failed).toMatchObject([{ code: 'event-not-ours' }]);
    },
  );
});

import { describe, expect, it } from 'vitest';
import type { RecordsReport } from '../../../lambdas/create-batch-handler.ts';
import { createEnterDropsHandler } from '../../../lambdas/enter-drops/create-handler.ts';
import type { DropOutcome } from '../../../lambdas/enter-drops/enter-drop.ts';
import { readArrival } from '../../../mail/contracts/read-arrival.ts';
import { PeerUnavailableError } from '../../../mail/errors.ts';
import { createMemoryDoors, STORED_AT } from '../../support/memory-doors.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { createObjectEvent, S3_TEST_EVENT } from '../../support/sample-object-event.ts';
import { SAMPLE_MAIL } from '../../support/sample-mail.ts';
import { createContext, createSqsEvent } from '../../support/sqs-event.ts';

const MAIL = Buffer.from(SAMPLE_MAIL);

/** enter-drops over a bucket in memory that holds these objects, each as the version `v1`. */
function createDoor(
  objects: Readonly<Record<string, Buffer>>,
  metadata: Readonly<Record<string, string>> = {},
) {
  const doors = createMemoryDoors();
  for (const [key, bytes] of Object.entries(objects)) {
    doors.stored.set(`drop-bucket/${key}?v1`, { bytes, metadata });
  }
  const ledger = createMemoryLedger({ now: () => 0 }, 90);
  const reports: RecordsReport<DropOutcome>[] = [];
  const delays: number[] = [];
  const steps: string[] = [];
  const dependencies = {
    objects: {
      readHead: (...args: Parameters<typeof doors.objects.readHead>) =>
        doors.objects.readHead(...args),
      copyObject: (...args: Parameters<typeof doors.objects.copyObject>) => {
        steps.push('copy');
        return doors.objects.copyObject(...args);
      },
    },
    arrivals: {
      announceArrival: (...args: Parameters<typeof doors.arrivals.announceArrival>) => {
        steps.push('announce');
        return doors.arrivals.announceArrival(...args);
      },
    },
    ledger: {
      recordSeen: (...args: Parameters<typeof ledger.recordSeen>) => {
        steps.push('record');
        return ledger.recordSeen(...args);
      },
    },
    mailBucket: 'mail-bucket',
    dropBucket: 'drop-bucket',
    readConfiguration: () => ({
      receiving: {
        domains: [{ domain: 'example.com', catchAll: true, unlisted: 'drop' as const }],
      },
    }),
    retries: {
      delayRetry(_: unknown, seconds: number) {
        delays.push(seconds);
        return Promise.resolve();
      },
    },
    clock: { now: () => 0 },
    readRandom: () => 0.5,
    reportBatch: (report: RecordsReport<DropOutcome>) => {
      reports.push(report);
    },
  };
  return {
    ...doors,
    ledger,
    reports,
    delays,
    steps,
    dependencies,
    invoke: (...bodies: readonly unknown[]) =>
      createEnterDropsHandler(dependencies)(createSqsEvent(...bodies), createContext()),
  };
}

const drop = (key: string, versionId = 'v1') =>
  createObjectEvent({ key, versionId, eTag: 'e', size: MAIL.length });

describe('enter-drops', () => {
  it('copies a dropped mail to where raw mail is kept, then tells ledger and queue', async () => {
    const door = createDoor({ 'a.eml': MAIL });
    expect(await door.invoke(drop('a.eml'))).toEqual({ batchItemFailures: [] });
    expect(door.steps).toEqual(['copy', 'record', 'announce']);
    const [notice] = door.notices;
    expect(notice).toMatchObject({
      type: 'mail.arrived',
      version: 1,
      arrived: {
        arrival: {
          arrivalId: expect.stringMatching(/^drop-[0-9a-f]{40}$/) as string,
          door: 'drop',
          receivedAt: STORED_AT.toISOString(),
          raw: { bucket: 'mail-bucket' },
        },
        envelope: {
          sender: 'ann@sender.example',
          recipients: ['support@example.com'],
          source: 'headers',
        },
        verdicts: { spam: 'DISABLED', virus: 'DISABLED', dmarc: 'DISABLED' },
      },
    });
    const { arrival } = notice?.arrived ?? {};
    expect(arrival?.raw.key).toBe(`raw/drop/${arrival?.arrivalId ?? ''}`);
    expect(door.stored.get(`mail-bucket/${arrival?.raw.key ?? ''}`)).toEqual({ bytes: MAIL });
    expect(door.ledger.arrivals.get(arrival?.arrivalId ?? '')?.state).toBe('seen');
    expect(door.reports).toEqual([{ records: 1, outcomes: { entered: 1 }, failed: [] }]);
  });

  it('writes a notice that parse-mail reads', async () => {
    const door = createDoor({ 'a.eml': MAIL });
    await door.invoke(drop('a.eml'));
    expect(readArrival(JSON.stringify(door.notices[0]), 'mail-bucket')).toMatchObject({
      arrived: { arrival: { door: 'drop' } },
      isReleased: false,
    });
  });

  it('makes the same arrival of the same version each time, and another of another', async () => {
    const door = createDoor({ 'a.eml': MAIL });
    door.stored.set('drop-bucket/a.eml?v2', { bytes: MAIL });
    await door.invoke(drop('a.eml', 'v2'), drop('a.eml'), drop('a.eml'));
    const ids = door.notices.map(({ arrived }) => arrived.arrival.arrivalId);
    expect(new Set(ids).size).toBe(2);
    expect(ids).toHaveLength(3);
  });

  it('takes the envelope that was told beside the object', async () => {
    const door = createDoor(
      { 'a.eml': MAIL },
      { to: 'invoices@example.com, Bo <bo@example.com>', from: '<>' },
    );
    await door.invoke(drop('a.eml'));
    expect(door.notices[0]?.arrived.envelope).toEqual({
      sender: '',
      recipients: ['invoices@example.com', 'bo@example.com'],
      source: 'smtp',
    });
  });

  it('finds an object by its decoded key', async () => {
    const door = createDoor({ 'in/my mail+1.eml': MAIL });
    await door.invoke(drop('in/my+mail%2B1.eml'));
    expect(door.notices).toHaveLength(1);
  });

  it("passes over S3's test event and the empty objects that stand for folders", async () => {
    const door = createDoor({ 'in/': Buffer.alloc(0) });
    const folder = createObjectEvent({ key: 'in/', size: 0, versionId: 'v1' });
    expect(await door.invoke(S3_TEST_EVENT, folder)).toEqual({ batchItemFailures: [] });
    expect(door.steps).toEqual([]);
    expect(door.reports).toMatchObject([{ records: 2, outcomes: { empty: 1 } }]);
  });

  it('returns alone what is no mail, and says why without its key', async () => {
    const door = createDoor({ 'secret-name.pdf': Buffer.from('%PDF-1.7'), 'a.eml': MAIL });
    expect(await door.invoke(drop('secret-name.pdf'), drop('a.eml'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    expect(door.notices).toHaveLength(1);
    expect(door.reports[0]?.failed).toEqual([
      { messageId: 'message-0', receives: 1, code: 'event-malformed', fields: {} },
    ]);
    expect(JSON.stringify(door.reports)).not.toContain('secret-name');
    expect(door.delays).toEqual([2]);
  });

  it('enters again what failed on its way, as the same arrival', async () => {
    const door = createDoor({ 'a.eml': MAIL });
    const announce = door.dependencies.arrivals.announceArrival;
    door.dependencies.arrivals.announceArrival = () =>
      Promise.reject(
        new PeerUnavailableError('SQS answered Throttled', { fields: { peer: 'SQS' } }),
      );
    expect((await door.invoke(drop('a.eml'))).batchItemFailures).toHaveLength(1);
    door.dependencies.arrivals.announceArrival = announce;
    expect((await door.invoke(drop('a.eml'))).batchItemFailures).toEqual([]);
    expect(door.notices).toHaveLength(1);
    expect(door.ledger.arrivals.size).toBe(1);
  });

  it('begins nothing when the function is about to end, and hands it back at once', async () => {
    const door = createDoor({ 'a.eml': MAIL });
    const context = { ...createContext(), getRemainingTimeInMillis: () => 14_999 };
    const handler = createEnterDropsHandler(door.dependencies);
    const { batchItemFailures } = await handler(createSqsEvent(drop('a.eml')), context);
    expect(batchItemFailures).toHaveLength(1);
    expect(door.steps).toEqual([]);
    expect(door.delays).toEqual([0]);
    expect(door.reports[0]?.failed).toMatchObject([{ code: 'deadline-near' }]);
  });

  it('waits for no version that is gone: the event comes back', async () => {
    const door = createDoor({});
    expect((await door.invoke(drop('gone.eml'))).batchItemFailures).toHaveLength(1);
    expect(door.reports[0]?.failed).toMatchObject([
      { code: 'peer-unavailable', fields: { name: 'NoSuchKey' } },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { RecordsReport } from '../../../lambdas/create-batch-handler.ts';
import {
  createHoldDeadLettersHandler,
  type HoldDeadLettersDependencies,
} from '../../../lambdas/hold-dead-letters/create-handler.ts';
import type { HoldOutcome } from '../../../lambdas/hold-dead-letters/ports.ts';
import { parseConfiguration } from '../../../mail/configuration/parse-configuration.ts';
import { pickParseMailConfiguration } from '../../../mail/configuration/parse-mail-configuration.ts';
import { messageQuarantinedSchema } from '../../../mail/contracts/message-quarantined.ts';
import { mailQuarantinedSchema } from '../../../mail/contracts/mail-quarantined.ts';
import { readArrival } from '../../../mail/contracts/read-arrival.ts';
import { PeerUnavailableError } from '../../../mail/errors.ts';
import type { Ledger } from '../../../mail/ledger/ledger.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { createMemoryPorts } from '../../support/memory-ports.ts';
import { createMemoryQuarantine } from '../../support/memory-quarantine.ts';
import { createSampleConfiguration } from '../../support/sample-configuration.ts';
import { createSesNotification } from '../../support/sample-notification.ts';
import { createObjectEvent } from '../../support/sample-object-event.ts';
import { createContext, createReceivedEvent } from '../../support/sqs-event.ts';

const LEASE_SECONDS = 90;

/** The function over stores in memory. */
function createRoom(
  change: Partial<HoldDeadLettersDependencies> = {},
  wrapLedger = (ledger: Ledger): Ledger => ledger,
) {
  let nowMs = Date.parse('2026-11-24T09:00:01.000Z');
  const clock = { now: () => nowMs };
  const { events, sent } = createMemoryPorts('mail-bucket');
  const ledger = createMemoryLedger(clock, LEASE_SECONDS);
  const quarantine = createMemoryQuarantine();
  const written: { readonly queue: string; readonly body: string }[] = [];
  const delays: number[] = [];
  const reports: RecordsReport<HoldOutcome>[] = [];
  const configuration = pickParseMailConfiguration(parseConfiguration(createSampleConfiguration()));
  const handler = createHoldDeadLettersHandler({
    ledger: wrapLedger(ledger),
    quarantine,
    events,
    queues: {
      writeMessage(queue, body) {
        written.push({ queue, body });
        return Promise.resolve();
      },
    },
    clock,
    mailBucket: 'mail-bucket',
    readRandom: () => 0.5,
    retries: {
      delayRetry(_, seconds) {
        delays.push(seconds);
        return Promise.resolve();
      },
    },
    readConfiguration: () => configuration,
    reportBatch: (report) => reports.push(report),
    ...change,
  });
  const invoke = async (queue: string, body: unknown, receives = 1) => {
    const event = createReceivedEvent(receives, body);
    for (const record of event.Records) {
      record.eventSourceARN = `arn:aws:sqs:us-east-1:000000000000:${queue}`;
    }
    return handler(event, createContext());
  };
  return {
    ...{ ledger, quarantine, sent, written, delays, reports, invoke },
    passSeconds(seconds: number) {
      nowMs += seconds * 1000;
    },
  };
}
type Room = ReturnType<typeof createRoom>;

const ARRIVALS = 'postroom-test-arrivals-dead';
const WELL = { batchItemFailures: [] };
const FAILED = { batchItemFailures: [{ itemIdentifier: 'message-0' }] };

const NOTIFICATION = createSesNotification();

/** parse-mail takes the mail, and fails in this way or dies. */
async function takeBefore(room: Room, ...ends: readonly (string | null)[]) {
  const { ledger } = room;
  const announced = readArrival(JSON.stringify(NOTIFICATION), 'mail-bucket');
  if (announced === undefined) throw new Error('expected a mail');
  for (const code of ends) {
    const claimed = await ledger.claimArrival(announced.arrived);
    if (claimed.kind !== 'claimed') throw new Error('expected a claim');
    if (code === null) room.passSeconds(LEASE_SECONDS + 1);
    else await ledger.releaseArrival(claimed.claim, { code, stack: '    at parse' });
  }
}

/** What was told of messages. */
const readTold = ({ sent }: Room) =>
  sent.map(({ body }) => messageQuarantinedSchema.parse(JSON.parse(body)));

const failing = {
  holdMail: () => Promise.reject(new PeerUnavailableError('DynamoDB answered 500')),
  holdMessage: () => Promise.reject(new PeerUnavailableError('DynamoDB answered 500')),
};

describe('a notification in the dead-letter queue of arrivals', () => {
  it('puts its mail into quarantine with what failed last, and the default queue is told', async () => {
    const room = createRoom();
    await takeBefore(room, 'TypeError', 'limit-exceeded');
    expect(await room.invoke(ARRIVALS, NOTIFICATION)).toEqual(WELL);
    expect(room.quarantine.held).toMatchObject([
      {
        heldId: 'ses-1-abc123',
        arrived: { envelope: { recipients: ['support@example.com'] } },
        mailId: null,
        code: 'limit-exceeded',
        reason: 'parse-mail gave it up (limit-exceeded)',
        stack: '    at parse',
        attempts: 3,
        versions: { node: process.version },
      },
    ]);
    expect(room.sent.map(({ queue }) => queue)).toEqual(['inbox']);
    expect(mailQuarantinedSchema.parse(JSON.parse(room.sent[0]?.body ?? ''))).toMatchObject({
      arrival: { arrivalId: 'ses-1-abc123' },
      envelope: { recipients: ['support@example.com'] },
      code: 'limit-exceeded',
      subject: null,
    });
    expect(room.ledger.arrivals.get('ses-1-abc123')).toMatchObject({
      state: 'done',
      outcome: 'quarantined',
    });
    expect(room.ledger.listed).toMatchObject([{ outcome: 'quarantined', bytes: 0 }]);
    expect(room.reports).toMatchObject([{ records: 1, outcomes: { held: 1 }, failed: [] }]);
  });

  it.each([
    ['that nobody ever took', [], 'never-taken'],
    ['that ended the process', [null], 'process-died'],
    ['that failed, and ended the process twice since', ['TypeError', null, null], 'TypeError'],
    ['that failed, and ended it three times', ['TypeError', null, null, null], 'process-died'],
  ])('says of a mail %s the code that it is found by', async (_, ends, code) => {
    const room = createRoom();
    await takeBefore(room, ...ends);
    await room.invoke(ARRIVALS, NOTIFICATION);
    expect(room.quarantine.held).toMatchObject([{ code }]);
  });

  it('is acknowledged when its mail was handled', async () => {
    const room = createRoom();
    await room.invoke(ARRIVALS, NOTIFICATION);
    expect(await room.invoke(ARRIVALS, NOTIFICATION)).toEqual(WELL);
    expect(room.quarantine.held).toHaveLength(1);
    expect(room.sent).toHaveLength(1);
    expect(room.reports[1]?.outcomes).toEqual({ handled: 1 });
  });

  it('comes back at the end of the lease when somebody has its mail', async () => {
    const room = createRoom();
    const announced = readArrival(JSON.stringify(NOTIFICATION), 'mail-bucket');
    if (announced !== undefined) await room.ledger.claimArrival(announced.arrived);
    expect(await room.invoke(ARRIVALS, NOTIFICATION)).toEqual(FAILED);
    expect(room.delays).toEqual([LEASE_SECONDS]);
    expect(room.quarantine.held).toEqual([]);
  });

  it('is held as it is when it announces no mail of ours', async () => {
    const room = createRoom();
    expect(await room.invoke(ARRIVALS, 'no JSON', 13)).toEqual(WELL);
    expect(room.quarantine.held).toMatchObject([
      {
        heldId: 'message-message-0',
        arrived: null,
        message: 'no JSON',
        queue: 'arrivals',
        code: 'event-malformed',
        attempts: 13,
      },
    ]);
    expect(readTold(room)).toMatchObject([
      { queue: 'arrivals', code: 'event-malformed', attempts: 13, objects: [] },
    ]);
  });

  it('keeps its evidence when the quarantine cannot be written, and says the same later', async () => {
    let isFailing = true;
    const quarantine = createMemoryQuarantine();
    const room = createRoom({
      quarantine: {
        ...quarantine,
        holdMail: (held) => (isFailing ? failing : quarantine).holdMail(held),
      },
    });
    await takeBefore(room, 'TypeError');
    expect(await room.invoke(ARRIVALS, NOTIFICATION, 13)).toEqual(FAILED);
    isFailing = false;
    expect(await room.invoke(ARRIVALS, NOTIFICATION, 14)).toEqual(WELL);
    expect(quarantine.held).toMatchObject([{ code: 'TypeError' }]);
  });

  it('tells the same, byte for byte, when it is told again and more is known', async () => {
    let isFailing = true;
    const room = createRoom({}, (ledger) => ({
      ...ledger,
      listArrival: (...listed) =>
        isFailing
          ? Promise.reject(new PeerUnavailableError('DynamoDB answered 500'))
          : ledger.listArrival(...listed),
    }));
    expect(await room.invoke(ARRIVALS, NOTIFICATION, 13)).toEqual(FAILED);
    isFailing = false;
    await takeBefore(room, 'TypeError');
    expect(await room.invoke(ARRIVALS, NOTIFICATION, 14)).toEqual(WELL);
    expect(room.sent).toHaveLength(2);
    expect(room.sent[1]).toEqual(room.sent[0]);
    expect(room.quarantine.held).toMatchObject([{ code: 'never-taken' }, { code: 'never-taken' }]);
  });
});

describe('a notification that SNS could not deliver', () => {
  it('is put into the arrivals queue unchanged', async () => {
    const room = createRoom();
    const body = `${JSON.stringify(NOTIFICATION)} `;
    expect(await room.invoke('postroom-test-arrivals-topic-dead', body)).toEqual(WELL);
    expect(room.written).toEqual([{ queue: 'arrivals', body }]);
    expect(room.quarantine.held).toEqual([]);
  });

  it('stays where it is when the arrivals queue does not take it', async () => {
    const room = createRoom({
      queues: { writeMessage: () => Promise.reject(new PeerUnavailableError('SQS answered 500')) },
    });
    const result = await room.invoke('postroom-test-arrivals-topic-dead', NOTIFICATION);
    expect(result).toEqual(FAILED);
    expect(room.delays).toEqual([2]);
  });
});

describe('an event of S3 that a door could not handle', () => {
  it.each([
    ['drops', 'drop-failed'],
    ['reconcile', 'reconcile-failed'],
  ])('is held as it came from %s', async (queue, code) => {
    const room = createRoom();
    const event = createObjectEvent({ bucket: 'a-bucket', key: 'from the scanner.pdf' });
    expect(await room.invoke(`postroom-test-${queue}-dead`, event, 6)).toEqual(WELL);
    expect(room.quarantine.held).toMatchObject([
      {
        heldId: 'message-message-0',
        receivedAt: '2025-11-24T16:00:00.000Z',
        arrived: null,
        message: JSON.stringify(event),
        queue,
        code,
        attempts: 6,
      },
    ]);
    expect(room.sent.map((event) => event.queue)).toEqual(['inbox']);
    expect(readTold(room)).toMatchObject([
      {
        eventId: 'e1-f34677edcce1edf9be9d8edd40855f0360a4ceccd55c739c5796e9a5a196eca0',
        heldId: 'message-message-0',
        queue,
        code,
        attempts: 6,
        objects: [{ bucket: 'a-bucket', key: 'from the scanner.pdf' }],
      },
    ]);
  });

  it('is told of in the same words each time, however often it was taken', async () => {
    const room = createRoom();
    const event = createObjectEvent({ key: 'scan.pdf' });
    await room.invoke('postroom-test-drops-dead', event, 6);
    await room.invoke('postroom-test-drops-dead', event, 7);
    expect(room.quarantine.held).toHaveLength(1);
    expect(room.sent).toHaveLength(2);
    expect(room.sent[1]).toEqual(room.sent[0]);
  });
});

describe('a dead letter that cannot be held', () => {
  it.each([
    [12, 2],
    [13, 2],
    [14, 4],
    [26, 16_384],
    [27, 32_768],
    [28, 39_600],
    [500, 39_600],
  ])(
    'comes back later each time, eleven hours at the most (receive %i)',
    async (receives, seconds) => {
      const room = createRoom({ quarantine: failing });
      expect(await room.invoke(ARRIVALS, NOTIFICATION, receives)).toEqual(FAILED);
      expect(room.delays).toEqual([seconds]);
    },
  );

  it('stays in a queue that is none of ours', async () => {
    const room = createRoom();
    expect(await room.invoke('postroom-test-support-dead', NOTIFICATION)).toEqual(FAILED);
    expect(room.reports[0]?.failed).toMatchObject([{ code: 'event-not-ours' }]);
  });
});

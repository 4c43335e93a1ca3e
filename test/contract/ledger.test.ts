import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { ClaimLostError } from '../../mail/errors.ts';
import type {
  ArrivalClaim,
  Ledger,
  StoredDecision,
  StoredQuarantine,
} from '../../mail/ledger/ledger.ts';
import {
  arrivalKey,
  countersKey,
  listKey,
  repeatKey,
  type TableKey,
} from '../../mail/ledger/table-keys.ts';
import type { AwsUnderTest } from '../support/aws-under-test.ts';
import { describeContract } from '../support/describe-contract.ts';
import { createLedgerIn, LEASE_SECONDS } from '../support/ledger-table.ts';
import { createMemoryLedger } from '../support/memory-ledger.ts';
import { createArrived } from '../support/sample-arrival.ts';

/** Bytes as DynamoDB counts them: names and values, three more for a list or a map. */
function measureValue(value: AttributeValue): number {
  if (value.B !== undefined) return value.B.length;
  if (value.M !== undefined) return 3 + measureItem(value.M);
  if (value.L !== undefined)
    return 3 + value.L.reduce((sum, one) => sum + 1 + measureValue(one), 0);
  return Buffer.byteLength(value.S ?? value.N ?? ' ');
}

const measureItem = (item: Readonly<Record<string, AttributeValue>>): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + measureValue(value),
    0,
  );

/** A clock that a test moves. */
const clock = {
  nowMs: Date.parse('2026-11-24T09:00:00.000Z'),
  now: () => clock.nowMs,
  passSeconds(seconds: number) {
    clock.nowMs += seconds * 1000;
  },
};

/** Names each try to claim; a test gives two tries one name, as a request has that is sent twice. */
const claimants = {
  fixed: undefined as string | undefined,
  create: (): string => claimants.fixed ?? randomUUID(),
};

async function openTable({ dynamodb }: AwsUnderTest) {
  const { ledger, readRow } = await createLedgerIn(dynamodb, {
    clock,
    createToken: claimants.create,
  });
  return {
    ledger,
    async readRow(key: TableKey) {
      const { row, stored } = await readRow(key);
      return { row, bytes: measureItem(stored) };
    },
  };
}

const DECISION: StoredDecision = {
  mailId: 'm1-aaaa-1',
  sameMessageIdAs: null,
  decision: {
    destinations: [
      {
        queue: 'support',
        recipients: ['support@example.com'],
        tags: ['x'],
        trace: [],
      },
    ],
    quarantined: [],
    dropped: [],
  },
  repeats: [],
  servedQueues: [],
};

const QUARANTINE: StoredQuarantine = {
  code: 'limit-exceeded',
  reason: 'expected less',
  stack: '    at readMail (mail.ts:1:1)',
  mailId: null,
  recipients: ['support@example.com'],
  attempts: 1,
  fields: [{ name: 'Subject', value: 'Printer on fire' }],
};

/** Claims an arrival that nobody has. */
async function claim(ledger: Ledger, arrivalId: string): Promise<ArrivalClaim> {
  const result = await ledger.claimArrival(createArrived(arrivalId));
  if (result.kind !== 'claimed') throw new Error(`expected a claim, came ${result.kind}`);
  return result.claim;
}

const MAKERS = {
  memory: () => createMemoryLedger(clock, LEASE_SECONDS, claimants.create),
  aws: async (aws: AwsUnderTest): Promise<Ledger> => (await openTable(aws)).ledger,
};

describeContract('the ledger', MAKERS, (open) => {
  let ledger: Ledger;
  beforeAll(async () => {
    ledger = await open();
  });
  afterEach(() => {
    claimants.fixed = undefined;
  });

  it('gives an arrival to one taker at a time, of many at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, () => ledger.claimArrival(createArrived('race'))),
    );
    expect(results.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'busy')).toHaveLength(9);
  });

  it('says until when an arrival is taken', async () => {
    await claim(ledger, 'busy');
    expect(await ledger.claimArrival(createArrived('busy'))).toEqual({
      kind: 'busy',
      leaseUntilMs: clock.now() + LEASE_SECONDS * 1000,
    });
  });

  it('gives an arrival again to the try that has it, as it was, and to no other', async () => {
    claimants.fixed = 'sent twice';
    const first = await ledger.claimArrival(createArrived('sent twice'));
    expect(await ledger.claimArrival(createArrived('sent twice'))).toEqual(first);
    claimants.fixed = undefined;
    expect(await ledger.claimArrival(createArrived('sent twice'))).toMatchObject({ kind: 'busy' });
    expect(first).toMatchObject({ kind: 'claimed', claim: { epoch: 1 }, deaths: 0 });
  });

  it('gives a try that was given back nothing to go on with', async () => {
    claimants.fixed = 'given back';
    const held = await claim(ledger, 'given back');
    await ledger.releaseArrival(held, { code: 'peer-unavailable', stack: null });
    expect(await claim(ledger, 'given back')).toMatchObject({ epoch: 2 });
    await ledger.finishArrival({ ...held, epoch: 2 }, 'sent', []);
    expect(await ledger.claimArrival(createArrived('given back'))).toEqual({ kind: 'done' });
  });

  it.each([
    [-1, 'busy'],
    [0, 'busy'],
    [1, 'claimed'],
  ])('gives it to the next when the lease has ended (%i s after)', async (seconds, kind) => {
    const arrivalId = `lease ${seconds}`;
    await claim(ledger, arrivalId);
    clock.passSeconds(LEASE_SECONDS + seconds);
    expect((await ledger.claimArrival(createArrived(arrivalId))).kind).toBe(kind);
  });

  it('refuses every write of a holder whose arrival another has taken', async () => {
    const late = await claim(ledger, 'late');
    clock.passSeconds(LEASE_SECONDS + 1);
    const next = await claim(ledger, 'late');
    expect(next.epoch).toBe(late.epoch + 1);
    await expect(ledger.recordDecision(late, DECISION)).rejects.toThrow(ClaimLostError);
    await expect(ledger.finishArrival(late, 'sent', [])).rejects.toThrow(ClaimLostError);
    await ledger.recordDecision(next, DECISION);
    await ledger.finishArrival(next, 'sent', []);
  });

  it('gives what was decided to whoever takes the arrival next, as it was', async () => {
    const first = await claim(ledger, 'decided');
    await ledger.recordDecision(first, DECISION);
    clock.passSeconds(LEASE_SECONDS + 1);
    const result = await ledger.claimArrival(createArrived('decided'));
    expect(result).toMatchObject({ kind: 'claimed', claim: { epoch: 2 }, stored: DECISION });
  });

  it('gives what was told of a given up arrival to whoever takes it next, until it is reopened', async () => {
    const late = await claim(ledger, 'given up');
    clock.passSeconds(LEASE_SECONDS + 1);
    const first = await claim(ledger, 'given up');
    await expect(ledger.recordQuarantine(late, QUARANTINE)).rejects.toThrow(ClaimLostError);
    await ledger.recordQuarantine(first, QUARANTINE);
    clock.passSeconds(LEASE_SECONDS + 1);
    const next = await ledger.claimArrival(createArrived('given up'));
    expect(next).toMatchObject({ kind: 'claimed', quarantine: QUARANTINE });
    await ledger.finishArrival({ ...first, epoch: 3 }, 'quarantined', []);
    await ledger.reopenArrival('given up');
    const reopened = await ledger.claimArrival(createArrived('given up'));
    expect(reopened).toMatchObject({ kind: 'claimed', quarantine: undefined });
  });

  it('gives a released arrival to the next at once', async () => {
    const held = await claim(ledger, 'released');
    await ledger.releaseArrival(held, { code: 'peer-unavailable', stack: null });
    const next = await claim(ledger, 'released');
    await expect(ledger.releaseArrival(held, { code: 'x', stack: null })).rejects.toThrow(
      ClaimLostError,
    );
    expect(next.epoch).toBe(2);
  });

  it('takes an arrival back once from whoever had it', async () => {
    const held = await claim(ledger, 'released twice');
    const failure = { code: 'peer-unavailable', stack: null };
    await ledger.releaseArrival(held, failure);
    await expect(ledger.releaseArrival(held, failure)).rejects.toThrow(ClaimLostError);
    const next = await ledger.claimArrival(createArrived('released twice'));
    expect(next).toMatchObject({ kind: 'claimed', deaths: 0, lastFailure: failure });
  });

  it('gives a done arrival to nobody', async () => {
    const held = await claim(ledger, 'done');
    await ledger.recordDecision(held, DECISION);
    await ledger.finishArrival(held, 'sent', [{ queue: 'support', eventId: 'e1-1', sentAtMs: 0 }]);
    clock.passSeconds(LEASE_SECONDS + 1);
    expect(await ledger.claimArrival(createArrived('done'))).toEqual({ kind: 'done' });
    await expect(ledger.finishArrival(held, 'sent', [])).rejects.toThrow(ClaimLostError);
  });

  it('lets a seen arrival be taken, and takes nothing from a known one', async () => {
    await ledger.recordSeen(createArrived('seen'));
    const held = await claim(ledger, 'seen');
    await ledger.recordSeen(createArrived('seen'));
    await ledger.recordDecision(held, DECISION);
    await ledger.recordSeen(createArrived('seen'));
    await ledger.finishArrival(held, 'sent', []);
  });

  it('gives each delivery to the arrival that asks first, and to it again', async () => {
    const [first, second] = [
      await ledger.assignDeliveries('one', 'm1-bbbb-1', ['A@example.com', 'b@example.com']),
      await ledger.assignDeliveries('two', 'm1-bbbb-1', ['a@example.com', 'c@example.com']),
    ];
    expect(first).toEqual(['one', 'one']);
    expect(second).toEqual(['one', 'two']);
    expect(await ledger.assignDeliveries('one', 'm1-bbbb-1', ['a@example.com'])).toEqual(['one']);
    expect(await ledger.assignDeliveries('two', 'm1-bbbb-2', ['a@example.com'])).toEqual(['two']);
  });

  it('gives each delivery to one of many that ask at once', async () => {
    const recipients = Array.from({ length: 25 }, (_recipient, index) => `r${index}@example.com`);
    const asked = await Promise.all(
      ['x', 'y', 'z'].map((arrivalId) =>
        ledger.assignDeliveries(arrivalId, 'm1-cccc-1', recipients),
      ),
    );
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[2]).toEqual(asked[0]);
  });

  it('gives a queue that takes one event a mail to one arrival', async () => {
    expect(await ledger.assignQueues('one', 'm1-dddd-1', ['crm'])).toEqual(['one']);
    expect(await ledger.assignQueues('two', 'm1-dddd-1', ['crm', 'log'])).toEqual(['one', 'two']);
  });

  it('finds another mail with the same Message-ID, on either side, and never itself', async () => {
    await ledger.assignDeliveries('one', 'm1-eeee-5', ['a@example.com']);
    expect(await ledger.findSameMessageId('m1-eeee-5')).toBeNull();
    expect(await ledger.findSameMessageId('m1-eeee-3')).toBe('m1-eeee-5');
    expect(await ledger.findSameMessageId('m1-eeee-7')).toBe('m1-eeee-5');
    expect(await ledger.findSameMessageId('m1-ffff-5')).toBeNull();
  });

  it('counts how often an arrival was taken', async () => {
    await claim(ledger, 'twice');
    clock.passSeconds(LEASE_SECONDS + 1);
    await claim(ledger, 'twice');
    expect(await ledger.readAttempts(['twice', 'never'])).toEqual([2, 0]);
  });
});

describeContract("the ledger's table", { aws: openTable }, (open) => {
  let table: Awaited<ReturnType<typeof openTable>>;
  beforeAll(async () => {
    table = await open();
  });

  it('has an arrival of a usual mail in less than a kilobyte', async () => {
    const held = await claim(table.ledger, 'ses-1-0123456789abcdef0123456789abcdef01234567');
    await table.ledger.recordDecision(held, DECISION);
    await table.ledger.finishArrival(held, 'sent', [
      { queue: 'support', eventId: `e1-${'0'.repeat(64)}`, sentAtMs: clock.now() },
    ]);
    const { row, bytes } = await table.readRow(arrivalKey(held.arrivalId));
    expect(row).toMatchObject({
      state: 'done',
      epoch: 1,
      outcome: 'sent',
      sender: 'ann@sender.example',
      firstRecipient: 'support@example.com',
      recipientCount: 1,
      expiresAt: Math.floor(clock.now() / 1000) + 90 * 86_400,
    });
    expect(bytes).toBeLessThan(1024);
  });

  it('has the largest decision in a tenth of what an item may have', async () => {
    const rules = Array.from({ length: 200 }, (_, index) => `rule number ${index}`);
    const recipients = Array.from({ length: 500 }, (_, index) => `recipient${index}@example.com`);
    const trace = recipients.map((recipient, way) => ({
      recipients: [recipient],
      decidedBy: { kind: 'rule' as const, rule: `rule number ${way % 200}` },
      rules: rules
        .filter((_, rule) => way < 10 || rule === way % 200)
        .map((rule) => ({
          rule,
          matched: true,
          checks: [{ condition: 'recipient', matched: true, value: recipient }],
        })),
    }));
    const held = await claim(table.ledger, 'large');
    const destination = {
      queue: 'support',
      recipients,
      tags: [],
      trace,
    };
    await table.ledger.recordDecision(held, {
      ...DECISION,
      decision: { destinations: [destination], quarantined: [], dropped: [] },
    });
    const { bytes } = await table.readRow(arrivalKey('large'));
    expect(bytes).toBeLessThan(40_000);
    clock.passSeconds(LEASE_SECONDS + 1);
    const again = await table.ledger.claimArrival(createArrived('large'));
    expect(again).toMatchObject({
      stored: { decision: { destinations: [{ recipients, trace }] } },
    });
  });

  it('lists a mail under its hour, and counts it in the present one', async () => {
    const arrived = createArrived(
      'listed',
      Array.from({ length: 9 }, (_, n) => `${n}@example.com`),
    );
    await table.ledger.listArrival({
      arrived,
      mailId: 'm1-aaaa-1',
      outcome: 'sent',
      bytes: 1234,
      from: 'ann@person.example',
      subject: 'x'.repeat(500),
      sent: [{ queue: 'support', eventId: 'e1-1', sentAtMs: clock.now() }],
    });
    const { row } = await table.readRow(listKey(arrived.arrival));
    expect(row).toMatchObject({
      outcome: 'sent',
      from: 'ann@person.example',
      recipientCount: 9,
      queues: ['support'],
    });
    expect(row['recipients']).toHaveLength(5);
    expect(row['subject']).toHaveLength(120);
    const counts = { mails: 1, bytes: 5, events: 2, repeats: 0, quarantined: 0, failures: 3 };
    await table.ledger.addCounts(counts);
    await table.ledger.addCounts(counts);
    const { row: counted } = await table.readRow(countersKey(clock.now()));
    expect(counted).toMatchObject({ mails: 2, bytes: 10, events: 4, repeats: 0, failures: 6 });
  });

  it('remembers with a mail who came too late for its deliveries, and nobody else', async () => {
    const recipients = ['a@example.com', 'b@example.com'];
    await table.ledger.assignDeliveries('early', 'm1-9999-1', recipients);
    await table.ledger.assignDeliveries('late', 'm1-9999-1', recipients);
    const expiresAt = Math.floor(clock.now() / 1000) + 90 * 86_400;
    expect((await table.readRow(repeatKey('m1-9999-1', 'late'))).row).toMatchObject({
      repeatedAt: new Date(clock.now()).toISOString(),
      expiresAt,
    });
    expect((await table.readRow(repeatKey('m1-9999-1', 'early'))).row).toEqual({});
  });

  it('notes each repeat on its arrival', async () => {
    await table.ledger.recordSeen(createArrived('repeated'));
    await table.ledger.recordRepeat('repeated');
    await table.ledger.recordRepeat('repeated');
    expect((await table.readRow(arrivalKey('repeated'))).row).toMatchObject({ repeats: 2 });
  });
});

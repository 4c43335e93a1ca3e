import { beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbStoryReader } from '../../adapters/aws/dynamodb-story-reader.ts';
import { createDynamoDbQuarantineWriter } from '../../adapters/aws/dynamodb-quarantine.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { createMailId, createMailIdStart } from '../../mail/identity/identities.ts';
import type { StoryReader } from '../../mail/ledger/story-reader.ts';
import { walkList, walkMailsOf } from '../../mail/ledger/walk-list.ts';
import { describeContract } from '../support/describe-contract.ts';
import { createLedgerIn, type LedgerTable } from '../support/ledger-table.ts';

/** A clock that a test moves. */
const clock = { nowMs: 0, now: () => clock.nowMs };

const createArrived = (
  arrivalId: string,
  { receivedAt = '2026-11-24T08:59:59.000Z', recipients = ['support@example.com'] } = {},
): ArrivedMail => ({
  arrival: { arrivalId, door: 'ses', receivedAt, raw: { bucket: 'mail', key: `raw/${arrivalId}` } },
  envelope: { sender: 'ann@sender.example', recipients, source: 'smtp' },
  verdicts: { spam: 'PASS', virus: 'PASS', spf: 'PASS', dkim: 'PASS', dmarc: 'PASS' },
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describeContract('the reader of stories', { aws: ({ dynamodb }) => dynamodb }, (open) => {
  let table: LedgerTable;
  let reader: StoryReader;
  beforeAll(async () => {
    clock.nowMs = Date.parse('2026-11-24T09:00:00.000Z');
    table = await createLedgerIn(await open(), { clock });
    reader = createDynamoDbStoryReader(table.dynamodb, table.table);
  });

  const list = (arrived: ArrivedMail, mailId = 'm1-a-1', from = 'ann@sender.example') =>
    table.ledger.listArrival({
      arrived,
      mailId,
      outcome: 'sent',
      bytes: 165,
      from,
      subject: 'Hello',
      sent: [],
    });

  it('gives back all that the ledger was told of an arrival', async () => {
    const arrived = createArrived('whole');
    const claimed = await table.ledger.claimArrival(arrived);
    if (claimed.kind !== 'claimed') throw new Error('expected a claim');
    const decided = {
      mailId: 'm1-a-1',
      sameMessageIdAs: 'm1-a-0',
      decision: { destinations: [], quarantined: [], dropped: [] },
      repeats: [{ recipient: 'a@x', arrivalId: 'other' }],
      servedQueues: ['crm'],
    };
    const sent = [{ queue: 'support', eventId: 'e1-1', sentAtMs: clock.now() }];
    await table.ledger.recordDecision(claimed.claim, decided);
    await list(arrived);
    await table.ledger.finishArrival(claimed.claim, 'sent', sent);
    await table.ledger.recordRepeat('whole');
    const at = '2026-11-24T09:00:00.000Z';
    expect(await reader.readArrival('whole')).toEqual({
      arrivalId: 'whole',
      state: 'done',
      door: 'ses',
      receivedAt: '2026-11-24T08:59:59.000Z',
      raw: { bucket: 'mail', key: 'raw/whole' },
      sender: 'ann@sender.example',
      firstRecipient: 'support@example.com',
      recipientCount: 1,
      seenAt: at,
      takings: 1,
      takenAt: at,
      leaseUntilMs: clock.now() + 90_000,
      failureCode: null,
      decidedAt: at,
      decided,
      sent,
      doneAt: at,
      outcome: 'sent',
      repeats: 1,
      lastRepeatAt: at,
      held: null,
      forgottenAt: null,
      listed: {
        arrivalId: 'whole',
        receivedAt: '2026-11-24T08:59:59.000Z',
        door: 'ses',
        mailId: 'm1-a-1',
        sender: 'ann@sender.example',
        from: null,
        recipients: ['support@example.com'],
        recipientCount: 1,
        subject: 'Hello',
        bytes: 165,
        outcome: 'sent',
        queues: [],
      },
    });
  });

  it('knows of an arrival that was only seen, and of none that never was', async () => {
    await table.ledger.recordSeen(createArrived('seen'));
    expect(await reader.readArrival('seen')).toMatchObject({
      state: 'seen',
      takings: 0,
      decided: null,
      listed: null,
    });
    expect(await reader.readArrival('never')).toBeUndefined();
  });

  it('knows why an arrival is in quarantine', async () => {
    const arrived = createArrived('held');
    await table.ledger.recordSeen(arrived);
    const quarantine = createDynamoDbQuarantineWriter(table.dynamodb, {
      table: table.table,
      clock,
      retentionDays: 90,
    });
    const { arrivalId: heldId, receivedAt } = arrived.arrival;
    const why = { reason: 'has a virus', code: 'virus' };
    await quarantine.holdMail({
      heldId,
      receivedAt,
      arrived,
      ...why,
      message: null,
      queue: null,
      mailId: null,
      attempts: 1,
      stack: null,
      versions: { postroom: '1', node: '24' },
    });
    expect((await reader.readArrival('held'))?.held).toEqual({
      ...why,
      state: 'held',
      heldAt: '2026-11-24T09:00:00.000Z',
    });
  });

  it('finds all mails with a Message-ID, and the arrivals of each in their order', async () => {
    const [one, other] = ['1', '2'].map((content) => createMailId('<a@b>', content));
    if (one === undefined || other === undefined) throw new Error('two ids were made');
    for (const arrivalId of ['z', 'y', 'x']) {
      await table.ledger.assignDeliveries(arrivalId, one, ['a@example.com']);
      clock.nowMs += 1;
    }
    await table.ledger.assignDeliveries('w', other, ['a#b@example.com']);
    const mails = await reader.readMails(createMailIdStart('<a@b>'));
    expect(new Map(mails.map(({ mailId, arrivalIds }) => [mailId, arrivalIds]))).toEqual(
      new Map([
        [one, ['z', 'y', 'x']],
        [other, ['w']],
      ]),
    );
    expect(await reader.readMails(other)).toEqual([{ mailId: other, arrivalIds: ['w'] }]);
    expect(await reader.isDelivered(other, 'A#B@example.com')).toBe(true);
    expect(await reader.isDelivered(other, 'a@example.com')).toBe(false);
  });

  it('lists the mails of an hour over all its shards, the oldest first', async () => {
    const times = Array.from({ length: 12 }, (_, n) => `2026-11-20T07:0${n % 10}:00.00${n % 7}Z`);
    for (const [index, receivedAt] of times.entries()) {
      await list(createArrived(`listed ${index}`, { receivedAt }));
    }
    await list(createArrived('next hour', { receivedAt: '2026-11-20T08:00:00.000Z' }));
    const listed = await reader.listHour('2026-11-20T07');
    expect(listed.map(({ receivedAt }) => receivedAt)).toEqual(times.toSorted());
  });

  it('reads the counters of a span of hours, both ends among them', async () => {
    const counts = { mails: 2, bytes: 9, events: 3, repeats: 1, quarantined: 0, failures: 4 };
    for (const hour of ['05', '06', '07', '08']) {
      clock.nowMs = Date.parse(`2026-11-21T${hour}:30:00.000Z`);
      await table.ledger.addCounts(counts);
    }
    expect(await reader.readCounts('2026-11-21T06', '2026-11-21T07')).toEqual([
      { hour: '2026-11-21T06', ...counts },
      { hour: '2026-11-21T07', ...counts },
    ]);
  });

  describe('the walk over its list', () => {
    it.each([
      ['2026-11-19T10:00:00.000Z', '2026-11-19T12:00:00.000Z', ['early', 'late']],
      ['2026-11-19T10:00:00.001Z', '2026-11-19T12:00:00.000Z', ['late']],
      ['2026-11-19T10:00:00.000Z', '2026-11-19T11:59:59.999Z', ['early']],
      ['2026-11-19T12:00:00.001Z', '2026-11-19T20:00:00.000Z', []],
      ['2026-11-19T12:00:00.000Z', '2026-11-19T10:00:00.000Z', []],
    ])('from %s to %s has what arrived then', async (from, to, expected) => {
      await list(createArrived('early', { receivedAt: '2026-11-19T10:00:00.000Z' }));
      await list(createArrived('late', { receivedAt: '2026-11-19T12:00:00.000Z' }));
      const found = await collect(
        walkList(reader, { fromMs: Date.parse(from), toMs: Date.parse(to) }),
      );
      expect(found.map(({ arrivalId }) => arrivalId)).toEqual(expected);
    });

    it('for an address has its mail by sender, From header and any of 500 recipients', async () => {
      const receivedAt = '2026-11-18T10:00:00.000Z';
      const recipients = Array.from({ length: 500 }, (_, n) => `r${n}@example.com`);
      const mailId = createMailId('<many@b>', '1');
      await table.ledger.assignDeliveries('many', mailId, recipients);
      await list(createArrived('many', { receivedAt, recipients }), mailId, 'eve@from.example');
      const span = { fromMs: Date.parse(receivedAt), toMs: Date.parse(receivedAt) };
      const find = async (address: string) =>
        (await collect(walkMailsOf(reader, address, span))).map(({ arrivalId }) => arrivalId);
      for (const address of [
        'Ann@sender.example',
        'EVE@from.example',
        'r4@example.com',
        'r5@example.com',
        'R499@example.com',
      ]) {
        expect(await find(address), address).toEqual(['many']);
      }
      expect(await find('r500@example.com')).toEqual([]);
    });
  });
});

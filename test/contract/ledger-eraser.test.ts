import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbLedgerEraser } from '../../adapters/aws/dynamodb-ledger-eraser.ts';
import { createDynamoDbQuarantineWriter } from '../../adapters/aws/dynamodb-quarantine.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { describeContract } from '../support/describe-contract.ts';
import { createSampleStory } from '../support/sample-story.ts';
import { createLedgerIn, type LedgerTable } from '../support/ledger-table.ts';

const clock = { now: () => Date.parse('2026-11-24T09:00:00.000Z') };

const story = createSampleStory();
const listed = story.listed;
if (listed === null) throw new Error('the sample is listed');

const ARRIVED: ArrivedMail = {
  arrival: {
    arrivalId: story.arrivalId,
    receivedAt: story.receivedAt,
    door: 'ses',
    raw: { bucket: 'mail', key: 'raw/1' },
  },
  envelope: {
    sender: 'ann@sender.example',
    recipients: ['support@example.com'],
    source: 'smtp',
  },
  verdicts: { spam: 'PASS', virus: 'PASS', spf: 'PASS', dkim: 'PASS', dmarc: 'PASS' },
};

/** Puts the sample into the table as a door and parse-mail do. */
async function handleSample({ ledger }: LedgerTable): Promise<void> {
  const { arrivalId } = story;
  const arrived = ARRIVED;
  const { decided } = story;
  if (decided === null) throw new Error('the sample is decided');
  const claimed = await ledger.claimArrival(arrived);
  if (claimed.kind !== 'claimed') throw new Error('the sample is new');
  await ledger.assignDeliveries(arrivalId, decided.mailId, arrived.envelope.recipients);
  await ledger.recordDecision(claimed.claim, decided);
  const summary = { mailId: decided.mailId, bytes: 1, from: null, subject: 'Hello' };
  await ledger.listArrival({ arrived, outcome: 'sent', sent: story.sent, ...summary });
  await ledger.finishArrival(claimed.claim, 'sent', story.sent);
}

describeContract('forgetting a person', { aws: ({ dynamodb }) => dynamodb }, (open) => {
  let dynamodb: DynamoDBClient;
  beforeAll(async () => {
    dynamodb = await open();
  });

  /** A table for each test: rows are looked at whole. */
  async function openEraser() {
    const table = await createLedgerIn(dynamodb, { clock });
    const eraser = createDynamoDbLedgerEraser(dynamodb, { table: table.table, clock });
    return { ...table, eraser };
  }

  it('of a removed mail stays when it was handled, and nothing of what it was', async () => {
    const room = await openEraser();
    await handleSample(room);
    await room.eraser.removeMail({ listed, arrival: story }, 'support@example.com');
    const rows = await room.readRows();
    expect(rows).toEqual([
      {
        pk: 'arrival#ses-1-abc123',
        sk: 'arrival',
        state: 'done',
        outcome: 'sent',
        door: 'ses',
        epoch: 1,
        claimant: expect.stringMatching(/^[\w-]{12}$/) as unknown,
        recipientCount: 1,
        receivedAt: story.receivedAt,
        seenAt: '2026-11-24T09:00:00.000Z',
        claimedAt: '2026-11-24T09:00:00.000Z',
        decidedAt: '2026-11-24T09:00:00.000Z',
        doneAt: '2026-11-24T09:00:00.000Z',
        forgottenAt: '2026-11-24T09:00:00.000Z',
        leaseUntil: clock.now() + 90_000,
        expiresAt: Math.floor(clock.now() / 1000) + 90 * 86_400,
      },
    ]);
    await room.eraser.removeMail({ listed, arrival: story }, 'support@example.com');
    expect(await room.readRows()).toEqual(rows);
  });

  it('a stripped mail is stripped again without harm', async () => {
    const room = await openEraser();
    await handleSample(room);
    await room.eraser.stripMail({ listed, arrival: story }, 'ANN@sender.example');
    const rows = await room.readRows();
    expect(JSON.stringify(rows)).not.toContain('ann@sender.example');
    expect(JSON.stringify(rows)).toContain('support@example.com');
    await room.eraser.stripMail({ listed, arrival: story }, 'ann@sender.example');
    expect(await room.readRows()).toEqual(rows);
  });

  it('what was told of a given up mail goes with the rest', async () => {
    const room = await openEraser();
    const claimed = await room.ledger.claimArrival(ARRIVED);
    if (claimed.kind !== 'claimed') throw new Error('the sample is new');
    await room.ledger.recordQuarantine(claimed.claim, {
      ...{ code: 'limit-exceeded', reason: 'why', stack: null, mailId: null, attempts: 1 },
      recipients: ['support@example.com', 'hello@example.com'],
      fields: [],
    });
    await room.ledger.finishArrival(claimed.claim, 'quarantined', []);
    const isTold = async () => (await room.readRows()).some((row) => 'quarantine' in row);
    expect(await isTold()).toBe(true);
    await room.eraser.stripMail({ listed, arrival: story }, 'support@example.com');
    expect(await isTold()).toBe(false);
  });

  describe('the quarantine', () => {
    async function openHeld(envelope: Partial<ArrivedMail['envelope']>) {
      const room = await openEraser();
      await handleSample(room);
      const arrived: ArrivedMail = { ...ARRIVED, envelope: { ...ARRIVED.envelope, ...envelope } };
      const { arrivalId: heldId, receivedAt } = arrived.arrival;
      const evidence = {
        message: null,
        queue: null,
        mailId: null,
        reason: 'why',
        code: 'rule',
        attempts: 1,
      };
      const versions = { postroom: '1', node: '24' };
      const quarantine = createDynamoDbQuarantineWriter(room.dynamodb, {
        table: room.table,
        clock,
        retentionDays: 90,
      });
      await quarantine.holdMail({
        heldId,
        receivedAt,
        arrived,
        ...evidence,
        stack: null,
        versions,
      });
      const readHeld = async () =>
        (await room.readRows()).filter((row) => row['heldId'] === heldId);
      return { ...room, readHeld };
    }

    it('has no row of a removed mail', async () => {
      const { eraser, readHeld } = await openHeld({});
      expect(await readHeld()).toHaveLength(1);
      await eraser.removeMail({ listed, arrival: story }, 'support@example.com');
      expect(await readHeld()).toEqual([]);
    });

    it('has a mail to several for the others only', async () => {
      const recipients = ['Support@example.com', 'hello@example.com'];
      const { eraser, readHeld } = await openHeld({ recipients });
      await eraser.stripMail({ listed, arrival: story }, 'support@example.com');
      await eraser.stripMail({ listed, arrival: story }, 'ann@sender.example');
      expect(await readHeld()).toMatchObject([
        { reason: 'why', arrived: { envelope: { sender: '', recipients: ['hello@example.com'] } } },
      ]);
      await eraser.stripMail({ listed, arrival: story }, 'hello@example.com');
      expect(await readHeld()).toEqual([]);
    });
  });

  it('the delivery of a mail that was given up after it was decided is removed too', async () => {
    const room = await openEraser();
    await handleSample(room);
    const unread = { ...listed, mailId: null };
    await room.eraser.removeMail({ listed: unread, arrival: story }, 'support@example.com');
    expect(JSON.stringify(await room.readRows())).not.toContain('support@example.com');
  });

  it('a row that has expired since it was read stays away', async () => {
    const { eraser, readRows } = await openEraser();
    await eraser.removeMail({ listed, arrival: story }, 'support@example.com');
    await eraser.stripMail({ listed, arrival: story }, 'support@example.com');
    await eraser.removeMail({ listed: { ...listed, mailId: null }, arrival: null }, 'a@b.example');
    expect(await readRows()).toEqual([]);
  });
});

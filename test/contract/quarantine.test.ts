import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, it } from 'vitest';
import {
  createDynamoDbQuarantineDesk,
  createDynamoDbQuarantineWriter,
} from '../../adapters/aws/dynamodb-quarantine.ts';
import type { HeldMessage, HeldRow } from '../../mail/quarantine/quarantine.ts';
import { describeContract } from '../support/describe-contract.ts';
import { createLedgerIn } from '../support/ledger-table.ts';
import { createArrived } from '../support/sample-arrival.ts';

const MESSAGE: HeldMessage = {
  heldId: 'message-1',
  receivedAt: '2026-11-24T08:59:59.000Z',
  arrived: null,
  message: 'no JSON',
  queue: 'arrivals',
  mailId: null,
  reason: 'expected JSON',
  code: 'event-malformed',
  stack: null,
  attempts: 1,
  versions: { postroom: '1', node: '24' },
};
const MAIL = { ...MESSAGE, heldId: 'ses-1-a', arrived: createArrived('ses-1-a'), message: null };

const DAY = '2026-11-24';

describeContract('the quarantine', { aws: ({ dynamodb }) => dynamodb }, (open) => {
  let dynamodb: DynamoDBClient;
  beforeAll(async () => {
    dynamodb = await open();
  });

  /** A table for each test, at a time that goes on by a second with each row. */
  async function openQuarantine() {
    let nowMs = Date.parse('2026-11-24T09:00:00.000Z');
    const clock = { now: () => (nowMs += 1_000) };
    const { table } = await createLedgerIn(dynamodb, { clock });
    const desk = createDynamoDbQuarantineDesk(dynamodb, table);
    const writer = createDynamoDbQuarantineWriter(dynamodb, { table, clock, retentionDays: 90 });
    const readOnly = async (): Promise<HeldRow> => {
      const rows = await desk.listHeld([DAY]);
      const [row] = rows;
      if (row === undefined || rows.length > 1) throw new Error(`${rows.length} rows are held`);
      return row;
    };
    return { desk, writer, readOnly };
  }

  it('holds a message as it was held first', async () => {
    const { writer, readOnly } = await openQuarantine();
    expect(await writer.holdMessage(MESSAGE)).toEqual(MESSAGE);
    const again = { ...MESSAGE, attempts: 2, code: 'drop-failed', reason: 'another' };
    expect(await writer.holdMessage(again)).toMatchObject(MESSAGE);
    expect(await readOnly()).toMatchObject({ ...MESSAGE, state: 'held' });
  });

  it('does not hold a message anew that was settled', async () => {
    const { desk, writer, readOnly } = await openQuarantine();
    await writer.holdMessage(MESSAGE);
    await desk.markHeld(await readOnly(), 'retried');
    expect(await writer.holdMessage(MESSAGE)).toMatchObject(MESSAGE);
    expect(await readOnly()).toMatchObject({ state: 'retried' });
  });

  it('holds a mail anew, for its latest reason', async () => {
    const { desk, writer, readOnly } = await openQuarantine();
    await writer.holdMail({ ...MAIL, code: 'virus' });
    await desk.markHeld(await readOnly(), 'retried');
    await writer.holdMail({ ...MAIL, code: 'rule' });
    expect(await readOnly()).toMatchObject({ code: 'rule', state: 'held' });
  });

  it('leaves a row alone that is held anew since it was read', async () => {
    const { desk, writer, readOnly } = await openQuarantine();
    await writer.holdMail(MAIL);
    const before = await readOnly();
    await writer.holdMail(MAIL);
    await desk.markHeld(before, 'retried');
    expect(await readOnly()).toMatchObject({ state: 'held' });
    await desk.markHeld(await readOnly(), 'retried');
    expect(await readOnly()).toMatchObject({ state: 'retried' });
  });

  it('lists the days that it is asked for, the oldest first', async () => {
    const { desk, writer } = await openQuarantine();
    const ids = ['24', '23', '22'].map((day) => `a-mail-of-the-${day}`);
    for (const [index, heldId] of ids.entries()) {
      await writer.holdMail({ ...MAIL, heldId, receivedAt: `2026-11-${24 - index}T00:00:00.000Z` });
    }
    const rows = await desk.listHeld(['2026-11-23', '2026-11-24']);
    expect(rows.map(({ heldId }) => heldId)).toEqual(['a-mail-of-the-23', 'a-mail-of-the-24']);
  });
});

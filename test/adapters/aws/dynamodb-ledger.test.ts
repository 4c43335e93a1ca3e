import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoDbLedger } from '../../../adapters/aws/dynamodb-ledger.ts';
import { ClaimLostError, PeerUnavailableError } from '../../../mail/errors.ts';
import type { Ledger } from '../../../mail/ledger/ledger.ts';
import { countersKey } from '../../../mail/ledger/table-keys.ts';
import { type CallProxy, startCallProxy } from '../../kill/call-proxy.ts';
import { createFaultPlan, type FaultKind } from '../../kill/service-faults.ts';
import { openLedgerTable } from '../../support/ledger-table.ts';
import { createArrived } from '../../support/sample-arrival.ts';

const clock = { now: () => Date.parse('2026-11-24T09:00:00.000Z') };

let table: Awaited<ReturnType<typeof openLedgerTable>>;
let proxy: CallProxy;
/** Its calls go through the proxy, each twice at the most, as in a function. */
let ledger: Ledger;
beforeAll(async () => {
  table = await openLedgerTable(clock);
  const { endpoint } = table;
  proxy = await startCallProxy({ S3: endpoint, SQS: endpoint, DynamoDB: endpoint });
  const dynamodb = new DynamoDBClient({
    endpoint: proxy.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 2,
  });
  ledger = createDynamoDbLedger(dynamodb, {
    table: table.table,
    clock,
    leaseSeconds: 90,
    retentionDays: 90,
  });
});
beforeEach(() => {
  proxy.setPlan(() => undefined);
});
afterAll(async () => {
  await proxy.close();
  await table.close();
});

/** Ways in which a write is done and its answer lost, and such in which it is not done. */
const LOST: readonly FaultKind[] = ['reset after', 'broken off'];
const UNDONE: readonly FaultKind[] = ['throttled', 'failed', 'reset before'];

describe('a claim', () => {
  it.each([...LOST, ...UNDONE])('whose first answer is "%s" is the claimant’s', async (kind) => {
    const arrived = createArrived(`once ${kind}`);
    proxy.setPlan(createFaultPlan(kind, 0, 1));
    const claimed = await ledger.claimArrival(arrived);
    expect(claimed).toMatchObject({ kind: 'claimed', claim: { epoch: 1 }, deaths: 0 });
    expect(await ledger.claimArrival(arrived)).toMatchObject({ kind: 'busy' });
  });

  it.each(LOST)('whose answers are all "%s" is given back, and is no death', async (kind) => {
    const arrived = createArrived(`twice ${kind}`);
    proxy.setPlan(createFaultPlan(kind, 0));
    await expect(ledger.claimArrival(arrived)).rejects.toThrow(PeerUnavailableError);
    const next = await ledger.claimArrival(arrived);
    expect(next).toMatchObject({ kind: 'claimed', claim: { epoch: 2 }, deaths: 0 });
  });

  it('that failed takes nothing from whoever has the arrival', async () => {
    const arrived = createArrived('held');
    const holder = await ledger.claimArrival(arrived);
    if (holder.kind !== 'claimed') throw new Error('nobody else has it');
    proxy.setPlan(createFaultPlan('reset after', 0, 3));
    await expect(ledger.claimArrival(arrived)).rejects.toThrow(PeerUnavailableError);
    expect(await ledger.claimArrival(arrived)).toMatchObject({ kind: 'busy' });
    await ledger.finishArrival(holder.claim, 'sent', []);
  });
});

describe('the counters of an hour', () => {
  const counts = { mails: 1, bytes: 100, events: 2, repeats: 0, quarantined: 0, failures: 0 };
  const readMails = async (): Promise<number> => {
    const { row } = await table.readRow(countersKey(clock.now()));
    return Number(row['mails'] ?? 0);
  };

  it.each([
    ['have a batch once, of which nobody was told that it is counted', LOST, 'unknown', 1],
    ['do not have a batch that may be counted and is not', ['reset before'], 'unknown', 0],
    ['have a batch once that was throttled at first', ['throttled'], 'counted', 1],
  ] as const)('%s', async (_, kinds, told, mails) => {
    for (const kind of kinds) {
      const before = await readMails();
      proxy.setPlan(createFaultPlan(kind, 0, 1));
      const counted = ledger.addCounts(counts);
      if (told === 'counted') await counted;
      else await expect(counted).rejects.toThrow(PeerUnavailableError);
      expect((await readMails()) - before, kind).toBe(mails);
    }
  });
});

describe('a release', () => {
  it.each(LOST)('whose first answer is "%s" counts as one failure', async (kind) => {
    const arrived = createArrived(`released ${kind}`);
    const held = await ledger.claimArrival(arrived);
    if (held.kind !== 'claimed') throw new Error('nobody else has it');
    proxy.setPlan(createFaultPlan(kind, 0, 1));
    const released = ledger.releaseArrival(held.claim, { code: 'peer-unavailable', stack: null });
    await expect(released).rejects.toThrow(ClaimLostError);
    expect(await ledger.claimArrival(arrived)).toMatchObject({ kind: 'claimed', deaths: 0 });
  });
});

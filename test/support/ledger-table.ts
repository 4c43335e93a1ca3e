import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  createDynamoDbLedger,
  type DynamoDbLedgerOptions,
} from '../../adapters/aws/dynamodb-ledger.ts';
import { createLocalDynamodb } from '../../local/emulators/create-clients.ts';
import { startEmbeddedDynamodb } from '../../local/emulators/embedded-dynamodb.ts';
import { createLedgerTable } from '../../local/queues/create-ledger-table.ts';
import type { TableKey } from '../../mail/ledger/table-keys.ts';
import type { Clock } from '../../mail/ports/clock.ts';

/** How long a claim on an arrival holds in tests. */
export const LEASE_SECONDS = 90;

let tables = 0;

/** Makes an empty table of its own with a ledger over it. */
export async function createLedgerIn(
  dynamodb: DynamoDBClient,
  options: Pick<DynamoDbLedgerOptions, 'clock' | 'createToken'>,
) {
  tables += 1;
  const table = `postroom-test-${tables}`;
  await createLedgerTable(dynamodb, table);
  return {
    table,
    dynamodb,
    ledger: createDynamoDbLedger(dynamodb, {
      table,
      leaseSeconds: LEASE_SECONDS,
      retentionDays: 90,
      ...options,
    }),
    /** A row, also as it is stored; no attributes where there is none. */
    readRow: async (key: TableKey) => {
      const { Item = {} } = await dynamodb.send(
        new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true }),
      );
      return { row: unmarshall(Item), stored: Item };
    },
    readRows: async () => {
      const rows: Record<string, AttributeValue>[] = [];
      const scan = { TableName: table, ConsistentRead: true };
      for await (const { Items = [] } of paginateScan({ client: dynamodb }, scan)) {
        rows.push(...Items);
      }
      return rows.map((row) => unmarshall(row));
    },
  };
}

/** An empty table and what can be done with it. */
export type LedgerTable = Awaited<ReturnType<typeof createLedgerIn>>;

/** Makes an empty table with a ledger over it, in an emulator of its own. */
export async function openLedgerTable(clock: Clock) {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-ledger-'));
  const server = await startEmbeddedDynamodb({ folder, host: '127.0.0.1', port: 0 });
  const dynamodb = createLocalDynamodb(server.endpoint);
  return {
    ...(await createLedgerIn(dynamodb, { clock })),
    endpoint: server.endpoint,
    async close() {
      dynamodb.destroy();
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

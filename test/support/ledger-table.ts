import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { createDynamoDbLedger } from '../../adapters/aws/dynamodb-ledger.ts';
import { createLocalDynamodb } from '../../local/emulators/create-clients.ts';
import { startEmbeddedDynamodb } from '../../local/emulators/embedded-dynamodb.ts';
import { createLedgerTable } from '../../local/queues/create-ledger-table.ts';
import type { TableKey } from '../../mail/ledger/table-keys.ts';
import type { Clock } from '../../mail/ports/clock.ts';

/** Opens an empty table with a ledger over it. */
export async function openLedgerTable(clock: Clock, table = 'postroom-test') {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-ledger-'));
  const server = await startEmbeddedDynamodb({ folder, host: '127.0.0.1', port: 0 });
  const dynamodb = createLocalDynamodb(server.endpoint);
  await createLedgerTable(dynamodb, table);
  return {
    table,
    dynamodb,
    endpoint: server.endpoint,
    ledger: createDynamoDbLedger(dynamodb, { table, clock, leaseSeconds: 90, retentionDays: 90 }),
    /** A row; no attributes where there is none. */
    async readRow({ pk, sk }: TableKey): Promise<{ readonly row: Record<string, unknown> }> {
      const { Item = {} } = await dynamodb.send(
        new GetItemCommand({ TableName: table, Key: { pk: { S: pk }, sk: { S: sk } } }),
      );
      return { row: unmarshall(Item) };
    },
    async close() {
      dynamodb.destroy();
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

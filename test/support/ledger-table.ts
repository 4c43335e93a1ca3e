import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDynamoDbLedger } from '../../adapters/aws/dynamodb-ledger.ts';
import { createLocalDynamodb } from '../../local/emulators/create-clients.ts';
import { startEmbeddedDynamodb } from '../../local/emulators/embedded-dynamodb.ts';
import { createLedgerTable } from '../../local/queues/create-ledger-table.ts';
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
    async close() {
      dynamodb.destroy();
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { quarantineKey, quarantinePartition } from '../../mail/ledger/quarantine-keys.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import type {
  HeldMail,
  HeldMessage,
  HeldRow,
  QuarantineDesk,
  QuarantineWriter,
} from '../../mail/quarantine/quarantine.ts';
import { callAws } from './call-aws.ts';
import { isRefused } from './dynamodb-row-updater.ts';

export interface DynamoDbQuarantineOptions {
  readonly table: string;
  readonly clock: Clock;
  /** When rows are forgotten. */
  readonly retentionDays: number;
}

/** Keeps rows of the quarantine in the ledger's table. */
export function createDynamoDbQuarantineWriter(
  dynamodb: DynamoDBClient,
  { table, clock, retentionDays }: DynamoDbQuarantineOptions,
): QuarantineWriter {
  const writeRow = async (held: HeldMail, condition = {}): Promise<void> => {
    const row: HeldRow = { ...held, state: 'held', heldAt: new Date(clock.now()).toISOString() };
    const expiresAt = Math.floor(clock.now() / 1000) + retentionDays * 86_400;
    const Item = marshall({ ...quarantineKey(held), ...row, expiresAt });
    await callAws('DynamoDB', () =>
      dynamodb.send(new PutItemCommand({ TableName: table, Item, ...condition })),
    );
  };
  const readMessage = async (held: HeldMessage): Promise<HeldMessage> => {
    const Key = marshall(quarantineKey(held));
    const { Item } = await callAws('DynamoDB', () =>
      dynamodb.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true })),
    );
    // Only `holdMessage` writes under the id of a message. A row that expired in between is this one.
    return Item === undefined ? held : (unmarshall(Item) as HeldMessage);
  };
  return {
    holdMail: (held) => writeRow(held),
    async holdMessage(held) {
      try {
        await writeRow(held, { ConditionExpression: 'attribute_not_exists(pk)' });
        return held;
      } catch (error) {
        if (!isRefused(error)) throw error;
        return readMessage(held);
      }
    },
  };
}

/** Reads and marks rows of the quarantine, for the command line. */
export function createDynamoDbQuarantineDesk(
  dynamodb: DynamoDBClient,
  table: string,
): QuarantineDesk {
  const listDay = async (day: string): Promise<readonly HeldRow[]> => {
    const rows: HeldRow[] = [];
    const pages = paginateQuery(
      { client: dynamodb },
      {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: quarantinePartition(day) } },
      },
    );
    for await (const { Items = [] } of pages) {
      // Only the writer above writes them.
      rows.push(...Items.map((item) => unmarshall(item) as HeldRow));
    }
    return rows;
  };
  return {
    async listHeld(days) {
      const rows: HeldRow[] = [];
      for (const day of days) rows.push(...(await callAws('DynamoDB', () => listDay(day))));
      return rows;
    },
    async markHeld(row, state) {
      try {
        await callAws('DynamoDB', () =>
          dynamodb.send(
            new UpdateItemCommand({
              TableName: table,
              Key: marshall(quarantineKey(row)),
              UpdateExpression: 'SET #state = :state',
              ConditionExpression: 'heldAt = :heldAt',
              ExpressionAttributeNames: { '#state': 'state' },
              ExpressionAttributeValues: marshall({ ':state': state, ':heldAt': row.heldAt }),
            }),
          ),
        );
      } catch (error) {
        // It is held anew: what was settled is an earlier row, and this one waits for somebody.
        if (!isRefused(error)) throw error;
      }
    },
  };
}

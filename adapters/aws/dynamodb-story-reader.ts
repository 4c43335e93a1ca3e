import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { quarantineKey } from '../../mail/ledger/quarantine-keys.ts';
import type { ArrivalStory, ListedMail, StoryReader } from '../../mail/ledger/story-reader.ts';
import {
  arrivalKey,
  COUNTERS_PARTITION,
  deliveryKey,
  LIST_SHARDS,
  listKey,
  listPartition,
  mailPartition,
  type TableKey,
} from '../../mail/ledger/table-keys.ts';
import type { HeldRow } from '../../mail/quarantine/quarantine.ts';
import { askAws } from './ask-aws.ts';
import {
  type CountsRow,
  type ListRow,
  type MailRow,
  type StoryRow,
  toCounts,
  toKnownMails,
  toListed,
  toStory,
} from './story-rows.ts';

/** Which rows of a partition. */
interface RowQuery {
  readonly pk: string;
  /** In terms of `sk` and `values`. @default all */
  readonly condition?: string;
  readonly values?: Readonly<Record<string, string>>;
}

/** Reads the ledger's rows for the command line. */
export function createDynamoDbStoryReader(dynamodb: DynamoDBClient, table: string): StoryReader {
  // Only Postroom writes the table; each caller names what stands under its key.
  const readRow = async <Row>(key: TableKey): Promise<Row | undefined> => {
    const { Item } = await askAws('dynamodb:GetItem', () =>
      dynamodb.send(
        new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true }),
      ),
    );
    return Item === undefined ? undefined : (unmarshall(Item) as Row);
  };

  const readRows = <Row>({ pk, condition, values = {} }: RowQuery): Promise<Row[]> =>
    askAws('dynamodb:Query', async () => {
      const rows: Row[] = [];
      const pages = paginateQuery(
        { client: dynamodb },
        {
          TableName: table,
          KeyConditionExpression:
            condition === undefined ? 'pk = :pk' : `pk = :pk AND ${condition}`,
          ExpressionAttributeValues: marshall({ ':pk': pk, ...values }),
        },
      );
      for await (const { Items = [] } of pages) {
        rows.push(...Items.map((item) => unmarshall(item) as Row));
      }
      return rows;
    });

  const readListed = async (key: TableKey): Promise<ListedMail | null> => {
    const row = await readRow<ListRow>(key);
    return row === undefined ? null : toListed(row);
  };

  const readHeld = async (key: TableKey): Promise<ArrivalStory['held']> => {
    const row = await readRow<HeldRow>(key);
    if (row === undefined) return null;
    const { heldAt, reason, code, state } = row;
    return { heldAt, reason, code, state };
  };

  return {
    async readArrival(arrivalId) {
      const row = await readRow<StoryRow>(arrivalKey(arrivalId));
      if (row === undefined) return undefined;
      const { receivedAt } = row;
      const [listed, held] = await Promise.all([
        readListed(listKey({ arrivalId, receivedAt })),
        readHeld(quarantineKey({ heldId: arrivalId, receivedAt })),
      ]);
      return toStory(arrivalId, row, { listed, held });
    },

    async readMails(mailIdStart) {
      const rows = await readRows<MailRow>({
        pk: mailPartition(mailIdStart),
        condition: 'begins_with(sk, :start)',
        values: { ':start': mailIdStart },
      });
      return toKnownMails(rows);
    },

    isDelivered: async (mailId, recipient) =>
      (await readRow(deliveryKey(mailId, recipient))) !== undefined,

    async listHour(hour) {
      const shards = await Promise.all(
        Array.from({ length: LIST_SHARDS }, (_, shard) =>
          readRows<ListRow>({ pk: listPartition(hour, shard) }),
        ),
      );
      return shards
        .flat()
        .toSorted((one, other) => (one.sk < other.sk ? -1 : 1))
        .map(toListed);
    },

    async readCounts(firstHour, lastHour) {
      const rows = await readRows<CountsRow>({
        pk: COUNTERS_PARTITION,
        condition: 'sk BETWEEN :first AND :last',
        values: { ':first': firstHour, ':last': lastHour },
      });
      return rows.map(toCounts);
    },
  };
}

import { createHash } from 'node:crypto';
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { createMailId } from '../../mail/identity/identities.ts';
import {
  arrivalKey,
  deliveryKey,
  LIST_SHARDS,
  listPartition,
  readHour,
} from '../../mail/ledger/table-keys.ts';

/** LIMIT: DynamoDB takes so many rows in one request. */
const ROWS_OF_A_REQUEST = 25;
/** Requests under way at once. */
const REQUESTS_AT_ONCE = 8;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The row of a number: in turn an arrival that is done, its delivery, its line in this hour's list,
 * and a mail that claims the Message-ID that every such row claims.
 */
function createRow(index: number, messageId: string): Record<string, unknown> {
  const arrivalId = `ses-1-${hash(`arrival ${index}`).slice(0, 40)}`;
  switch (index % 4) {
    case 0:
      return { ...arrivalKey(arrivalId), state: 'done', epoch: 1, filling: 'x'.repeat(500) };
    case 1: {
      const mailId = createMailId(`<${index}@sender.example>`, index);
      return { ...deliveryKey(mailId, 'support@example.com'), owner: arrivalId };
    }
    case 2: {
      const at = new Date().toISOString();
      const pk = listPartition(readHour(at), index % LIST_SHARDS);
      return { pk, sk: `${at}#${arrivalId}`, filling: 'x'.repeat(300) };
    }
    default:
      return {
        ...deliveryKey(createMailId(messageId, index), 'support@example.com'),
        owner: arrivalId,
      };
  }
}

async function writeRows(
  dynamodb: DynamoDBClient,
  table: string,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const requests = rows.map((row) => ({ PutRequest: { Item: marshall(row) } }));
  await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
}

/** What a table is filled with. */
export interface Filling {
  readonly table: string;
  /** Numbers of rows, the last not included: a table grows by the next range. */
  readonly from: number;
  readonly to: number;
  /** The Message-ID that a quarter of the rows' mails claim. */
  readonly messageId: string;
}

/** Fills the table with rows of every kind that grows with the mail. */
export async function fillTable(
  dynamodb: DynamoDBClient,
  { table, from, to, messageId }: Filling,
): Promise<void> {
  let next = from;
  const takeTurns = async (): Promise<void> => {
    while (next < to) {
      const begin = next;
      next = Math.min(to, begin + ROWS_OF_A_REQUEST);
      const rows = Array.from({ length: next - begin }, (_, offset) =>
        createRow(begin + offset, messageId),
      );
      await writeRows(dynamodb, table, rows);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, takeTurns));
}

import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { TableKey } from '../../mail/ledger/table-keys.ts';
import { callAws } from './call-aws.ts';
import { retryIfUndone } from './retry-if-undone.ts';

/** Attributes by name; one that is undefined is not written. */
export type Values = Readonly<
  Record<string, string | number | Uint8Array | readonly object[] | undefined>
>;

/** One conditional write to one row. */
export interface RowUpdate {
  readonly key: TableKey;
  /** Attributes to be set. */
  readonly set?: Values;
  /** Attributes to be set unless they are there. */
  readonly setOnce?: Values;
  readonly add?: Readonly<Record<string, number>>;
  /** In terms of attribute names; values as `:name` from `values`. */
  readonly condition?: string;
  readonly values?: Values;
  /**
   * After which failures the SDK sends it again. One that may have been done must not be sent again
   * where doing it twice is another thing: `if-undone`.
   *
   * @default 'any-failure'
   */
  readonly retry?: 'any-failure' | 'if-undone';
}

/** Writes a row; the answer has all of it as it is then. */
export type RowUpdater = (row: RowUpdate) => Promise<UpdateItemCommandOutput>;

/** Whether a write failed because its condition did not hold. */
export const isRefused = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof ConditionalCheckFailedException;

/** `SET #a = :a, #b = if_not_exists(#b, :b) ADD #c :c` with its names and values. */
function createExpression({ set = {}, setOnce = {}, add = {}, values = {} }: RowUpdate) {
  const written = Object.fromEntries(
    Object.entries({ ...set, ...setOnce, ...add }).filter(([, value]) => value !== undefined),
  );
  const clauses = Object.keys(written).flatMap((name) => {
    if (name in add) return [];
    return [name in set ? `#${name} = :${name}` : `#${name} = if_not_exists(#${name}, :${name})`];
  });
  const additions = Object.keys(add).map((name) => `#${name} :${name}`);
  return {
    UpdateExpression: [
      clauses.length > 0 ? `SET ${clauses.join(', ')}` : '',
      additions.length > 0 ? `ADD ${additions.join(', ')}` : '',
    ].join(' '),
    names: Object.fromEntries(Object.keys(written).map((name) => [`#${name}`, name])),
    values: marshall(
      Object.fromEntries(
        Object.entries({ ...written, ...values }).map(([name, value]) => [`:${name}`, value]),
      ),
    ),
  };
}

/**
 * Writes single rows of a table; each answer has the whole row as it is then.
 *
 * The returned function throws {@link PeerUnavailableError}: where the condition did not hold,
 * one that {@link isRefused} tells.
 */
export const createRowUpdater =
  (dynamodb: DynamoDBClient, table: string): RowUpdater =>
  (row) => {
    const { UpdateExpression, names, values } = createExpression(row);
    const command = new UpdateItemCommand({
      TableName: table,
      Key: marshall(row.key),
      UpdateExpression,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ReturnValues: 'ALL_NEW',
      ...(row.condition === undefined ? {} : { ConditionExpression: row.condition }),
    });
    if (row.retry === 'if-undone') retryIfUndone(command);
    return callAws('DynamoDB', () => dynamodb.send(command));
  };

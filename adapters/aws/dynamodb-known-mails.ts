import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { PeerUnavailableError } from '../../mail/errors.ts';
import { KNOWN_MARK, knownMailKey, mailboxKey } from '../../mail/ledger/table-keys.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import type { MailboxStates } from '../../mail/polling/mailbox-state.ts';
import { callAws } from './call-aws.ts';

export interface KnownMailsOptions {
  readonly table: string;
  readonly clock: Clock;
  /** When a mail is forgotten. */
  readonly retentionDays: number;
}

type Row = Record<string, AttributeValue>;
/** Arrivals by fingerprint. */
type Found = Map<string, string>;

/** LIMIT: what DynamoDB reads in one call. */
const MAX_READS = 100;
/** LIMIT: what DynamoDB writes in one call. */
const MAX_WRITES = 25;
/** Calls for what earlier ones left undone; a table that is so slow is asked again at the next poll. */
const MAX_ROUNDS = 3;

const cut = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** Calls until nothing is left undone. */
async function finishAll<Item>(
  items: readonly Item[],
  call: (items: readonly Item[]) => Promise<readonly Item[]>,
): Promise<void> {
  let left = items;
  for (let round = 0; left.length > 0 && round < MAX_ROUNDS; round += 1) left = await call(left);
  if (left.length === 0) return;
  const fields = { peer: 'DynamoDB', name: 'Unprocessed' };
  throw new PeerUnavailableError('DynamoDB left rows undone', { fields });
}

/** The rows of mails that are known in mailboxes. */
export function createDynamoDbKnownMails(
  dynamodb: DynamoDBClient,
  { table, clock, retentionDays }: KnownMailsOptions,
): Pick<MailboxStates, 'findKnown' | 'hasKnown' | 'recordKnown'> {
  const readRows = async (keys: readonly Row[], found: Found): Promise<readonly Row[]> => {
    const { Responses = {}, UnprocessedKeys = {} } = await callAws('DynamoDB', () =>
      dynamodb.send(
        new BatchGetItemCommand({
          RequestItems: { [table]: { Keys: [...keys], ProjectionExpression: 'sk, arrivalId' } },
        }),
      ),
    );
    for (const { sk, arrivalId } of Responses[table] ?? []) {
      found.set((sk?.S ?? '').slice(KNOWN_MARK.length), arrivalId?.S ?? '');
    }
    return UnprocessedKeys[table]?.Keys ?? [];
  };

  const writeRows = async (rows: readonly Row[]): Promise<readonly Row[]> => {
    const { UnprocessedItems = {} } = await callAws('DynamoDB', () =>
      dynamodb.send(
        new BatchWriteItemCommand({
          RequestItems: { [table]: rows.map((Item) => ({ PutRequest: { Item } })) },
        }),
      ),
    );
    return (UnprocessedItems[table] ?? []).flatMap(({ PutRequest }) =>
      PutRequest?.Item === undefined ? [] : [PutRequest.Item],
    );
  };

  return {
    async findKnown(mailbox, fingerprints) {
      const found: Found = new Map();
      for (const some of cut([...new Set(fingerprints)], MAX_READS)) {
        const keys = some.map((fingerprint) => marshall(knownMailKey(mailbox, fingerprint)));
        await finishAll(keys, (left) => readRows(left, found));
      }
      return found;
    },

    async hasKnown(mailbox) {
      const { Items = [] } = await callAws('DynamoDB', () =>
        dynamodb.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :mark)',
            ExpressionAttributeValues: marshall({
              ':pk': mailboxKey(mailbox).pk,
              ':mark': KNOWN_MARK,
            }),
            ProjectionExpression: 'sk',
            Limit: 1,
          }),
        ),
      );
      return Items.length > 0;
    },

    async recordKnown(mailbox, known) {
      const expiresAt = Math.floor(clock.now() / 1000) + retentionDays * 86_400;
      // One write may name a row once only.
      const rows = new Map(
        known.map(({ fingerprint, arrivalId }) => [
          fingerprint,
          marshall({ ...knownMailKey(mailbox, fingerprint), arrivalId, expiresAt }),
        ]),
      );
      for (const some of cut([...rows.values()], MAX_WRITES)) await finishAll(some, writeRows);
    },
  };
}

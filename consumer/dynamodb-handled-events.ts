import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { HandledEvents } from './handled-events.ts';

const SECONDS_A_DAY = 86_400;

/** Where handled events are remembered. */
export interface HandledEventsTable {
  readonly dynamodb: DynamoDBClient;
  /** A table of yours with the partition key `eventId`, a string, and TTL on `expiresAt`. */
  readonly table: string;
  /** Days that an event is remembered. @default 29, longer than any queue may still speak of it */
  readonly keepDays?: number;
}

/** Remembers handled events in a table, for consumers that are several processes or functions. */
export const createDynamoDbHandledEvents = ({
  dynamodb,
  table,
  keepDays = 29,
}: HandledEventsTable): HandledEvents => ({
  async wasHandled(eventId) {
    const { Item } = await dynamodb.send(
      new GetItemCommand({
        TableName: table,
        Key: { eventId: { S: eventId } },
        ConsistentRead: true,
      }),
    );
    return Item !== undefined;
  },
  async markHandled(eventId) {
    const expiresAt = Math.ceil(Date.now() / 1000) + keepDays * SECONDS_A_DAY;
    await dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: { eventId: { S: eventId }, expiresAt: { N: String(expiresAt) } },
      }),
    );
  },
});

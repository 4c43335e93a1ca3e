import { CreateTableCommand, DescribeTableCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDynamoDbHandledEvents } from '../../consumer/dynamodb-handled-events.ts';
import { createMemoryHandledEvents } from '../../consumer/handled-events.ts';
import { createLocalDynamodb } from '../../local/emulators/create-clients.ts';
import { startEmbeddedDynamodb } from '../../local/emulators/embedded-dynamodb.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

async function createTable() {
  const server = await startEmbeddedDynamodb({
    folder: createTemporaryFolder(),
    host: '127.0.0.1',
    port: 0,
  });
  const dynamodb = createLocalDynamodb(server.endpoint);
  onTestFinished(async () => {
    dynamodb.destroy();
    await server.close();
  });
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'handled',
      KeySchema: [{ AttributeName: 'eventId', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'eventId', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await waitFor('the table', async () => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'handled' }));
    return Table?.TableStatus === 'ACTIVE' ? true : undefined;
  });
  return dynamodb;
}

describe.each([
  ['memory', () => Promise.resolve(createMemoryHandledEvents())],
  [
    'a table',
    async () => createDynamoDbHandledEvents({ dynamodb: await createTable(), table: 'handled' }),
  ],
])('handled events in %s', (_name, create) => {
  it('are known once they are marked, and no others', async () => {
    const handled = await create();
    expect(await handled.wasHandled('e1')).toBe(false);
    await handled.markHandled('e1');
    await handled.markHandled('e1');
    expect(await handled.wasHandled('e1')).toBe(true);
    expect(await handled.wasHandled('e2')).toBe(false);
  });
});

describe('handled events in memory', () => {
  it.each([
    [2, true],
    [3, false],
  ])('with room for two and %i marked know the first: %s', async (count, isKnown) => {
    const handled = createMemoryHandledEvents(2);
    for (let number = 1; number <= count; number += 1) await handled.markHandled(`e${number}`);
    expect(await handled.wasHandled('e1')).toBe(isKnown);
  });

  it.each([0, 1.5, Number.NaN])('refuse room for %d', (maxEvents) => {
    expect(() => createMemoryHandledEvents(maxEvents)).toThrow(RangeError);
  });
});

it('a handled event expires in the table when no queue can speak of it any more', async () => {
  const dynamodb = await createTable();
  const before = Date.now() / 1000;
  await createDynamoDbHandledEvents({ dynamodb, table: 'handled' }).markHandled('e1');
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: 'handled', Key: { eventId: { S: 'e1' } } }),
  );
  const days = (Number(Item?.['expiresAt']?.N) - before) / 86_400;
  expect(days).toBeGreaterThanOrEqual(29);
  expect(days).toBeLessThan(29.01);
});

import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  paginateScan,
  ResourceInUseException,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

/** What the table is, as the deployed stack has it. */
export const LEDGER_TABLE = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
} satisfies Omit<CreateTableCommandInput, 'TableName'>;

/** Makes the table, as the deployed stack has it, unless it is there. */
export async function createLedgerTable(dynamodb: DynamoDBClient, name: string): Promise<void> {
  try {
    await dynamodb.send(new CreateTableCommand({ TableName: name, ...LEDGER_TABLE }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const patience = { maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.1 };
  await waitUntilTableExists({ client: dynamodb, ...patience }, { TableName: name });
}

/**
 * Ends the leases that a killed run left: nobody else works on this table, so whoever held them is
 * gone, and its mail need not wait for the leases to run out.
 */
export async function endAbandonedLeases(dynamodb: DynamoDBClient, name: string): Promise<void> {
  const pages = paginateScan(
    { client: dynamodb },
    {
      TableName: name,
      FilterExpression: 'leaseUntil > :zero AND #state <> :done',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':zero': { N: '0' }, ':done': { S: 'done' } },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const { pk, sk } of Items) {
      if (pk === undefined || sk === undefined) continue;
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: name,
          Key: { pk, sk },
          UpdateExpression: 'SET leaseUntil = :zero',
          ExpressionAttributeValues: { ':zero': { N: '0' } },
        }),
      );
    }
  }
}

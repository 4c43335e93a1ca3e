import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createClientSettings } from '../../cli/ledger/open-ledger.ts';
import { createSettlingPorts } from '../../cli/quarantine/create-settling-ports.ts';
import { retryHeld } from '../../cli/quarantine/settle-held.ts';
import { functionEnvironmentSchema } from '../../lambdas/function-environment.ts';
import { readCompanionConfiguration } from '../../lambdas/read-companion-configuration.ts';

/** The body of a record: which row is settled, and how. */
export interface Settling {
  readonly heldId: string;
  /** On which its mail or message came in, in UTC. */
  readonly day: string;
  readonly isReleased: boolean;
}

const variables = functionEnvironmentSchema.parse(process.env);
const { environment, retention } = readCompanionConfiguration(variables);
const settings = createClientSettings(undefined);
const ports = createSettlingPorts({
  dynamodb: new DynamoDBClient(settings),
  s3: new S3Client({ ...settings, forcePathStyle: true }),
  sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
  table: variables.TABLE_NAME,
  environment,
  queueUrlBase: variables.QUEUE_URL_BASE,
  retentionDays: retention.rawDays,
});

/** `quarantine retry` and `quarantine release`, in the place of a function: so it can be killed as one. */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  for (const { body } of Records) {
    // Only the tests of settling write it.
    const { heldId, day, isReleased } = JSON.parse(body) as Settling;
    const rows = await ports.desk.listHeld([day]);
    for (const row of rows.filter((one) => one.heldId === heldId && one.state === 'held')) {
      await retryHeld(row, ports, { isReleased });
    }
  }
  return { batchItemFailures: [] };
}

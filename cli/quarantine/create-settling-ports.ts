import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { createDynamoDbLedger } from '../../adapters/aws/dynamodb-ledger.ts';
import { createDynamoDbQuarantineDesk } from '../../adapters/aws/dynamodb-quarantine.ts';
import { createS3ObjectRemover } from '../../adapters/aws/s3-object-remover.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { createSqsQueueWriter } from '../../adapters/aws/sqs-queue-writer.ts';
import { ARRIVALS_QUEUE, LEASE_SECONDS } from '../../mail/configuration/own-queues.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import type { SettlingPorts } from './settle-held.ts';

/** Where what is held is settled. */
export interface SettlingPlace {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly table: string;
  /** The environment that its queues are named by. */
  readonly environment: string;
  /** What stands before a queue's name in its URL; ends with `/`. */
  readonly queueUrlBase: string;
  /** When rows are forgotten. */
  readonly retentionDays: number;
}

/** Makes what settling a row needs of the world. */
export function createSettlingPorts({
  dynamodb,
  s3,
  sqs,
  table,
  environment,
  queueUrlBase,
  retentionDays,
}: SettlingPlace): SettlingPorts {
  const writeQueueUrl = (queue: string): string =>
    `${queueUrlBase}${queueNames(environment, queue).name}`;
  const rows = { table, clock: systemClock, leaseSeconds: LEASE_SECONDS, retentionDays };
  return {
    desk: createDynamoDbQuarantineDesk(dynamodb, table),
    ledger: createDynamoDbLedger(dynamodb, rows),
    announcer: createSqsArrivalAnnouncer(sqs, writeQueueUrl(ARRIVALS_QUEUE)),
    queues: createSqsQueueWriter(sqs, writeQueueUrl),
    objects: createS3ObjectRemover(s3),
  };
}

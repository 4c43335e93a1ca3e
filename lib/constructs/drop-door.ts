import { Aws, Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnterDropsEnvironment } from '../../lambdas/enter-drops/environment.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { OBJECT_EVENTS_TIMEOUT_SECONDS } from '../../mail/configuration/object-queues.ts';
import { DROP_RAW_PREFIX, dropBucketName } from '../../mail/configuration/resource-names.ts';
import { acknowledgePrefixes } from './acknowledge-prefixes.ts';
import { createDropBucket } from './drop-bucket.ts';
import { NodeFunction } from './node-function.ts';
import { createReaderStatement, ObjectQueue } from './object-queue.ts';
import { writeCompanionConfiguration } from './write-companion-configuration.ts';

/** It holds the beginnings of ten mails, 256 KiB each, and no mail; S3 copies by itself. */
const MEMORY_MEGABYTES = 256;

/** What the doors that read a bucket are made from. */
export interface ObjectDoorProps {
  readonly configuration: Configuration;
  readonly architecture: Architecture;
  readonly mailBucket: Bucket;
  readonly ledger: Table;
  readonly arrivals: IQueue;
}

/** A bucket for raw mail that comes from anywhere, and the function that lets it in. */
export class DropDoor extends Construct {
  constructor(scope: Construct, id: string, props: ObjectDoorProps) {
    super(scope, id);
    const { configuration, architecture, mailBucket, ledger } = props;
    const dropBucket = createDropBucket(scope, configuration);
    const drops = new ObjectQueue(this, 'Drops', {
      configuration,
      queue: 'drops',
      bucket: dropBucket,
      bucketName: dropBucketName(configuration.environment, Aws.ACCOUNT_ID, Aws.REGION),
    });
    const environment: EnterDropsEnvironment = {
      DROP_BUCKET: dropBucket.bucketName,
      MAIL_BUCKET: mailBucket.bucketName,
      TABLE_NAME: ledger.tableName,
      QUEUE_URL_BASE: `https://sqs.${Aws.REGION}.${Aws.URL_SUFFIX}/${Aws.ACCOUNT_ID}/`,
    };
    const { function: enterDrops, role } = new NodeFunction(this, 'EnterDrops', {
      lambda: 'enter-drops',
      logicalId: 'EnterDrops',
      description: 'Lets in raw mail that was dropped into the drop bucket',
      configuration,
      architecture,
      timeout: Duration.seconds(OBJECT_EVENTS_TIMEOUT_SECONDS),
      memoryMegabytes: MEMORY_MEGABYTES,
      environment: { ...environment },
      companionFile: writeCompanionConfiguration(this, configuration),
      statements: createStatements(props, dropBucket, drops.queue),
    });
    drops.addReader(enterDrops);
    acknowledgePrefixes(role, dropBucket, ['']);
    acknowledgePrefixes(role, mailBucket, [DROP_RAW_PREFIX]);
  }
}

const createStatements = (
  { mailBucket, ledger, arrivals }: ObjectDoorProps,
  dropBucket: Bucket,
  drops: IQueue,
): readonly PolicyStatement[] => [
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    resources: [dropBucket.arnForObjects('*')],
  }),
  new PolicyStatement({
    actions: ['s3:PutObject'],
    resources: [mailBucket.arnForObjects(`${DROP_RAW_PREFIX}*`)],
  }),
  new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [arrivals.queueArn] }),
  createReaderStatement(drops),
  new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [ledger.tableArn] }),
];

import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ReconcileArrivalsEnvironment } from '../../lambdas/reconcile-arrivals/environment.ts';
import { OBJECT_EVENTS_TIMEOUT_SECONDS } from '../../mail/configuration/object-queues.ts';
import { mailBucketName, SES_RAW_PREFIX } from '../../mail/configuration/resource-names.ts';
import { acknowledgePrefixes } from './acknowledge-prefixes.ts';
import type { ObjectDoorProps } from './drop-door.ts';
import { NodeFunction } from './node-function.ts';
import { createReaderStatement, ObjectQueue } from './object-queue.ts';
import { writeCompanionConfiguration } from './write-companion-configuration.ts';

/** Nearly always it reads one row for each record and no mail. */
const MEMORY_MEGABYTES = 256;

/** Finds raw mail of SES whose notification never came, and lets it in (docs/decisions/0020-reconcile.md). */
export class Reconciliation extends Construct {
  constructor(scope: Construct, id: string, props: ObjectDoorProps) {
    super(scope, id);
    const { configuration, architecture, mailBucket, ledger } = props;
    const written = new ObjectQueue(this, 'Written', {
      configuration,
      queue: 'reconcile',
      bucket: mailBucket,
      bucketName: mailBucketName(configuration.environment, Aws.ACCOUNT_ID, Aws.REGION),
      prefix: SES_RAW_PREFIX,
    });
    const environment: ReconcileArrivalsEnvironment = {
      MAIL_BUCKET: mailBucket.bucketName,
      TABLE_NAME: ledger.tableName,
      QUEUE_URL_BASE: `https://sqs.${Aws.REGION}.${Aws.URL_SUFFIX}/${Aws.ACCOUNT_ID}/`,
    };
    const { function: reconcile, role } = new NodeFunction(this, 'ReconcileArrivals', {
      lambda: 'reconcile-arrivals',
      logicalId: 'ReconcileArrivals',
      description: 'Lets in mail that Amazon SES stored and did not announce',
      configuration,
      architecture,
      timeout: Duration.seconds(OBJECT_EVENTS_TIMEOUT_SECONDS),
      memoryMegabytes: MEMORY_MEGABYTES,
      environment: { ...environment },
      companionFile: writeCompanionConfiguration(this, configuration),
      statements: createStatements(props, written.queue),
    });
    written.addReader(reconcile);
    acknowledgePrefixes(role, mailBucket, [SES_RAW_PREFIX]);
  }
}

const createStatements = (
  { mailBucket, ledger, arrivals }: ObjectDoorProps,
  written: IQueue,
): readonly PolicyStatement[] => [
  new PolicyStatement({
    actions: ['s3:GetObject'],
    resources: [mailBucket.arnForObjects(`${SES_RAW_PREFIX}*`)],
  }),
  new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [arrivals.queueArn] }),
  createReaderStatement(written),
  new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    resources: [ledger.tableArn],
  }),
];

import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { mailBucketName, SES_RAW_PREFIX } from '../../mail/configuration/resource-names.ts';
import { acknowledgePrefixes } from './acknowledge-prefixes.ts';
import type { MailRoomProps } from './mail-function.ts';
import { ObjectQueue } from './object-queue.ts';

/** Finds raw mail of SES whose notification never came, and lets it in (docs/decisions/0020-reconcile.md). */
export class Reconciliation extends Construct {
  readonly deadLetterQueue: IQueue;

  constructor(scope: Construct, id: string, room: MailRoomProps) {
    super(scope, id);
    const { configuration, mailBucket } = room;
    const written = new ObjectQueue(this, 'Written', {
      configuration,
      queue: 'reconcile',
      bucket: mailBucket,
      bucketName: mailBucketName(configuration.environment, Aws.ACCOUNT_ID, Aws.REGION),
      prefix: SES_RAW_PREFIX,
    });
    this.deadLetterQueue = written.deadLetterQueue;
    const { role } = written.createReader(this, 'ReconcileArrivals', room, {
      lambda: 'reconcile-arrivals',
      description: 'Lets in mail that Amazon SES stored and did not announce',
      statements: createStatements(room),
    });
    acknowledgePrefixes(role, mailBucket, [SES_RAW_PREFIX]);
  }
}

const createStatements = ({ mailBucket, ledger }: MailRoomProps): readonly PolicyStatement[] => [
  new PolicyStatement({
    actions: ['s3:GetObject'],
    resources: [mailBucket.arnForObjects(`${SES_RAW_PREFIX}*`)],
  }),
  new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    resources: [ledger.tableArn],
  }),
];

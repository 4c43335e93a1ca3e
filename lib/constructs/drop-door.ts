import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnterDropsEnvironment } from '../../lambdas/enter-drops/environment.ts';
import { DROP_RAW_PREFIX, dropBucketName } from '../../mail/configuration/resource-names.ts';
import { acknowledgePrefixes } from './acknowledge-prefixes.ts';
import { createDropBucket } from './drop-bucket.ts';
import type { MailRoomProps } from './mail-function.ts';
import { ObjectQueue } from './object-queue.ts';

/** A bucket for raw mail that comes from anywhere, and the function that lets it in. */
export class DropDoor extends Construct {
  readonly deadLetterQueue: IQueue;

  constructor(scope: Construct, id: string, room: MailRoomProps) {
    super(scope, id);
    const { configuration, mailBucket } = room;
    const dropBucket = createDropBucket(scope, configuration);
    const drops = new ObjectQueue(this, 'Drops', {
      configuration,
      queue: 'drops',
      bucket: dropBucket,
      bucketName: dropBucketName(configuration.environment, Aws.ACCOUNT_ID, Aws.REGION),
    });
    const variables: Pick<EnterDropsEnvironment, 'DROP_BUCKET'> = {
      DROP_BUCKET: dropBucket.bucketName,
    };
    this.deadLetterQueue = drops.deadLetterQueue;
    const { role } = drops.createReader(this, 'EnterDrops', room, {
      lambda: 'enter-drops',
      description: 'Lets in raw mail that was dropped into the drop bucket',
      variables: { ...variables },
      statements: createStatements(room, dropBucket),
    });
    acknowledgePrefixes(role, dropBucket, ['']);
    acknowledgePrefixes(role, mailBucket, [DROP_RAW_PREFIX]);
  }
}

const createStatements = (
  { mailBucket, ledger }: MailRoomProps,
  dropBucket: Bucket,
): readonly PolicyStatement[] => [
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    resources: [dropBucket.arnForObjects('*')],
  }),
  new PolicyStatement({
    actions: ['s3:PutObject'],
    resources: [mailBucket.arnForObjects(`${DROP_RAW_PREFIX}*`)],
  }),
  new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [ledger.tableArn] }),
];

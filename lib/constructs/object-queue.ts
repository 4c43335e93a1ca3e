import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { OBJECT_QUEUES } from '../../mail/configuration/object-queues.ts';
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts';
import { planRemoval } from './retention.ts';

/** Records in one invocation. */
const BATCH_SIZE = 10;

/** What {@link ObjectQueue} is made from. */
export interface ObjectQueueProps {
  readonly configuration: Configuration;
  readonly queue: keyof typeof OBJECT_QUEUES;
  readonly bucket: Bucket;
  /** The bucket's fixed name: a reference would make bucket and queue wait for each other. */
  readonly bucketName: string;
  /** Where the objects are that are told of. @default everywhere in the bucket */
  readonly prefix?: string;
}

/** A queue that S3 tells of each object written to a bucket. */
export class ObjectQueue extends Construct {
  readonly queue: IQueue;
  readonly #configuration: Configuration;

  constructor(scope: Construct, id: string, props: ObjectQueueProps) {
    super(scope, id);
    const { configuration, queue: name, bucket, bucketName, prefix } = props;
    const settings = OBJECT_QUEUES[name];
    const { queue } = new QueueWithDeadLetters(this, 'Events', {
      environment: configuration.environment,
      queue: name,
      settings,
      delaySeconds: settings.delaySeconds,
      removalPolicy: planRemoval(configuration),
    });
    this.queue = queue;
    this.#configuration = configuration;
    queue.addToResourcePolicy(createBucketGrant(bucketName, queue));
    // CDK's own way to set notifications deploys a function to do it. A bucket's default child is
    // its resource.
    const resource = bucket.node.defaultChild as CfnBucket;
    resource.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: queue.queueArn,
          ...(prefix !== undefined && {
            filter: { s3Key: { rules: [{ name: 'prefix', value: prefix }] } },
          }),
        },
      ],
    };
    // S3 tries the queue when the bucket is made: its policy must be there.
    resource.node.addDependency(queue);
  }

  /** Lets a function read the queue. */
  addReader(target: IFunction): void {
    const source = new EventSourceMapping(this, 'Source', {
      target,
      eventSourceArn: this.queue.queueArn,
      batchSize: BATCH_SIZE,
      reportBatchItemFailures: true,
      maxConcurrency: this.#configuration.limits.parsers,
    });
    Validations.of(source).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A queue as source takes no such destination: its dead-letter queue is the place.',
    });
    Validations.of(target).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason: 'It is never invoked asynchronously: what it cannot do goes back to its queue.',
    });
  }
}

/** SECURITY: names the bucket and the account, or any bucket of anyone could write here through S3. */
const createBucketGrant = (bucketName: string, queue: IQueue): PolicyStatement =>
  new PolicyStatement({
    sid: 'AllowOurBucket',
    principals: [new ServicePrincipal('s3.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnEquals: { 'aws:SourceArn': `arn:${Aws.PARTITION}:s3:::${bucketName}` },
    },
  });

/** What every function may do with the queue that it reads. */
export const createReaderStatement = ({ queueArn }: IQueue): PolicyStatement =>
  new PolicyStatement({
    actions: [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ],
    resources: [queueArn],
  });

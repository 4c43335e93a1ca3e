import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import {
  OBJECT_EVENTS_TIMEOUT_SECONDS,
  OBJECT_QUEUES,
} from '../../mail/configuration/object-queues.ts';
import { createMailFunction, type MailFunctionProps, type MailRoomProps } from './mail-function.ts';
import type { NodeFunction } from './node-function.ts';
import { addQueueReader, createReaderStatement } from './queue-reader.ts';
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts';
import { planRemoval } from './retention.ts';

/** A function holds the beginnings of ten mails, 256 KiB each, and no mail; S3 copies by itself. */
const MEMORY_MEGABYTES = 256;

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

/** What tells one function that reads such a queue from another. */
export type ObjectReaderProps = Omit<MailFunctionProps, 'timeoutSeconds' | 'memoryMegabytes'>;

/** A queue that S3 tells of each object written to a bucket. */
export class ObjectQueue extends Construct {
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;

  constructor(scope: Construct, id: string, props: ObjectQueueProps) {
    super(scope, id);
    const { configuration, queue: name, bucket, bucketName, prefix } = props;
    const settings = OBJECT_QUEUES[name];
    const { queue, deadLetterQueue } = new QueueWithDeadLetters(this, 'Events', {
      environment: configuration.environment,
      queue: name,
      settings,
      delaySeconds: settings.delaySeconds,
      deadLetterReader: 'function',
      removalPolicy: planRemoval(configuration),
    });
    this.queue = queue;
    this.deadLetterQueue = deadLetterQueue;
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

  /** Makes the function that reads the queue, and announces in the arrivals queue what it finds. */
  createReader(
    scope: Construct,
    id: string,
    room: MailRoomProps,
    { statements, ...props }: ObjectReaderProps,
  ): NodeFunction {
    const reader = createMailFunction(scope, id, room, {
      ...props,
      timeoutSeconds: OBJECT_EVENTS_TIMEOUT_SECONDS,
      memoryMegabytes: MEMORY_MEGABYTES,
      statements: [
        ...statements,
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [room.arrivals.queueArn] }),
        createReaderStatement(this.queue),
      ],
    });
    addQueueReader(this, 'Source', {
      queue: this.queue,
      target: reader.function,
      maxConcurrency: room.configuration.limits.parsers,
    });
    return reader;
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

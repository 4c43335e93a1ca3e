import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthesizeStacks, writeValue } from './synthesized-stacks.ts';

const { postroomTemplate: template } = synthesizeStacks();

const DOORS = [
  { bucket: 'drop', queue: 'drops', reader: 'EnterDrops', filter: undefined },
  {
    bucket: 'mail',
    queue: 'reconcile',
    reader: 'ReconcileArrivals',
    filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'raw/ses/' }] } },
  },
] as const;

const writeBucketName = (bucket: string): string =>
  `postroom-test-${bucket}-<AWS::AccountId>-<AWS::Region>`;

const writeQueueArn = (queue: string): RegExp =>
  queue === 'drops' ? /^<DropDoorDrops\w+\.Arn>$/ : /^<ReconciliationWritten\w+\.Arn>$/;

const listProperties = (type: string): readonly Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map(
    // Templates are untyped.
    ({ Properties }) => writeValue(Properties) as Record<string, unknown>,
  );

describe.each(DOORS)(
  'what is written to the $bucket bucket',
  ({ bucket, queue, reader, filter }) => {
    it('is told to its queue, without a function that sets it up', () => {
      const made = listProperties('AWS::S3::Bucket').find(
        ({ BucketName }) => BucketName === writeBucketName(bucket),
      );
      expect(made?.['NotificationConfiguration']).toEqual({
        QueueConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Queue: expect.stringMatching(writeQueueArn(queue)) as string,
            ...(filter === undefined ? {} : { Filter: filter }),
          },
        ],
      });
      template.resourceCountIs('Custom::S3BucketNotifications', 0);
    });

    it('may be told by this bucket of this account alone', () => {
      const statements = listProperties('AWS::SQS::QueuePolicy').flatMap(
        // As the template has it.
        ({ PolicyDocument }) => (PolicyDocument as { readonly Statement: unknown[] }).Statement,
      );
      expect(statements).toContainEqual({
        Sid: 'AllowOurBucket',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: expect.stringMatching(writeQueueArn(queue)) as string,
        Condition: {
          StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
          ArnEquals: { 'aws:SourceArn': `arn:<AWS::Partition>:s3:::${writeBucketName(bucket)}` },
        },
      });
    });

    it('waits for its queue and the policy of that', () => {
      const start = queue === 'drops' ? 'DropDoorDrops' : 'ReconciliationWritten';
      template.hasResource('AWS::S3::Bucket', {
        Properties: Match.objectLike({ NotificationConfiguration: Match.anyValue() }),
        DependsOn: Match.arrayWith([
          Match.stringLikeRegexp(`^${start}EventsQueuePolicy`),
          Match.stringLikeRegexp(`^${start}EventsQueue[0-9A-F]{8}$`),
        ]),
      });
    });

    it('is read by its function, failed records returned alone', () => {
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        FunctionName: { Ref: reader },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
    });
  },
);

describe('the reconcile queue', () => {
  it('holds each message back for 15 minutes, which the drops queue does not', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'postroom-test-reconcile',
      DelaySeconds: 900,
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'postroom-test-drops',
      DelaySeconds: Match.absent(),
    });
  });
});

describe('the drop bucket', () => {
  it('keeps both of two mails under one key, and each longer than its event may wait', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'forget-drops',
            ExpirationInDays: 15,
            NoncurrentVersionExpiration: { NoncurrentDays: 15 },
            Status: 'Enabled',
          },
          {
            Id: 'clean-up',
            ExpiredObjectDeleteMarker: true,
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            Status: 'Enabled',
          },
        ],
      },
    });
  });

  it('is encrypted, closed to the public and refuses requests without TLS', () => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
    const denied = listProperties('AWS::S3::BucketPolicy').filter(({ PolicyDocument }) =>
      JSON.stringify(PolicyDocument).includes('"aws:SecureTransport":"false"'),
    );
    expect(denied).toHaveLength(2);
  });
});

import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthesizeStacks, writeValue } from './synthesized-stacks.ts';

const { postroomTemplate: template } = synthesizeStacks();

/** The statements of the policy that stands on a resource, in one readable form. */
function readPolicyStatements(type: string, target: RegExp): readonly unknown[] {
  return Object.values(template.findResources(type))
    .map(({ Properties }) => writeValue(Properties) as Record<string, unknown>)
    .filter(({ Bucket, Topics, Queues }) => target.test(JSON.stringify(Bucket ?? Topics ?? Queues)))
    .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: unknown[] }).Statement);
}

const OUR_RULES =
  'arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:receipt-rule-set/postroom-test:receipt-rule/*';

describe('the mail bucket', () => {
  it('has a fixed name that no other account or region has', () => {
    const [bucket] = Object.values(template.findResources('AWS::S3::Bucket'));
    expect(writeValue(bucket?.['Properties'])).toMatchObject({
      BucketName: 'postroom-test-mail-<AWS::AccountId>-<AWS::Region>',
    });
  });

  it('is encrypted by S3 itself, closed to the public and without access lists', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });

  it('lets SES write raw mail for the rules of our rule set and our account only', () => {
    expect(readPolicyStatements('AWS::S3::BucketPolicy', /MailBucket/)).toContainEqual({
      Sid: 'AllowOurReceiptRules',
      Effect: 'Allow',
      Principal: { Service: 'ses.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: expect.stringMatching(/^<MailBucket\w+\.Arn>\/raw\/ses\/\*$/) as string,
      Condition: {
        StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
        ArnLike: { 'aws:SourceArn': OUR_RULES },
      },
    });
  });

  it('refuses requests without TLS', () => {
    expect(readPolicyStatements('AWS::S3::BucketPolicy', /MailBucket/)).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  it('forgets raw mail after the days of the configuration and broken uploads after one', () => {
    const { postroomTemplate } = synthesizeStacks({ retention: { rawDays: 400 } });
    postroomTemplate.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          { Id: 'forget-raw-mail', Prefix: 'raw/', ExpirationInDays: 400, Status: 'Enabled' },
          { Id: 'forget-large-events', Prefix: 'events/', ExpirationInDays: 400 },
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
        ],
      },
    });
  });

  it('allows SES to publish for our rules and denies what comes without TLS', () => {
    expect(readPolicyStatements('AWS::SNS::TopicPolicy', /Topic/)).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: 'sns:Publish',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      {
        Sid: 'AllowOurReceiptRules',
        Effect: 'Allow',
        Principal: { Service: 'ses.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: expect.stringMatching(/^<ArrivalsTopic\w+>$/) as string,
        Condition: {
          StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
          ArnLike: { 'aws:SourceArn': OUR_RULES },
        },
      },
    ]);
  });

  it('is not encrypted with the AWS-managed key, under which SES cannot publish', () => {
    template.hasResourceProperties('AWS::SNS::Topic', {
      TopicName: 'postroom-test-arrivals',
      KmsMasterKeyId: Match.absent(),
    });
  });

  it('delivers the notification raw and keeps what it could not deliver', () => {
    template.hasResource('AWS::SNS::Subscription', {
      Properties: {
        Protocol: 'sqs',
        RawMessageDelivery: true,
        Endpoint: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ArrivalsQueue'), 'Arn'] },
        RedrivePolicy: {
          deadLetterTargetArn: {
            'Fn::GetAtt': [Match.stringLikeRegexp('^ArrivalsUndelivered'), 'Arn'],
          },
        },
      },
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp('^ArrivalsQueuePolicy'),
        Match.stringLikeRegexp('^ArrivalsUndeliveredPolicy'),
      ]),
    });
  });
});

describe('the arrivals queue', () => {
  it.each(['ArrivalsQueue', 'ArrivalsUndelivered'])('lets only our topic into %s', (queue) => {
    expect(readPolicyStatements('AWS::SQS::QueuePolicy', new RegExp(`<${queue}`))).toContainEqual({
      Sid: 'AllowOurTopic',
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: expect.stringMatching(new RegExp(`^<${queue}\\w+\\.Arn>$`)) as string,
      Condition: {
        StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
        ArnEquals: { 'aws:SourceArn': expect.stringMatching(/^<ArrivalsTopic\w+>$/) as string },
      },
    });
  });

  it('gives a mail twelve tries, each six times as long as the function may run', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'postroom-test-arrivals',
      VisibilityTimeout: 360,
      RedrivePolicy: {
        maxReceiveCount: 12,
        deadLetterTargetArn: {
          'Fn::GetAtt': [Match.stringLikeRegexp('^ArrivalsDeadLetters'), 'Arn'],
        },
      },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 60,
      Environment: { Variables: Match.objectLike({ MAIL_BUCKET: Match.anyValue() }) },
    });
  });
});

describe('the queues', () => {
  it('have these names, each with its dead-letter queue', () => {
    const names = Object.values(template.findResources('AWS::SQS::Queue')).map(
      ({ Properties }) => (Properties as { QueueName: string }).QueueName,
    );
    expect(names.toSorted()).toEqual([
      'postroom-test-arrivals',
      'postroom-test-arrivals-dead',
      'postroom-test-arrivals-topic-dead',
      'postroom-test-drops',
      'postroom-test-drops-dead',
      'postroom-test-invoices-dead.fifo',
      'postroom-test-invoices.fifo',
      'postroom-test-reconcile',
      'postroom-test-reconcile-dead',
      'postroom-test-support',
      'postroom-test-support-dead',
    ]);
  });

  it('all keep messages 14 days, encrypted, and refuse requests without TLS', () => {
    const count = Object.keys(template.findResources('AWS::SQS::Queue')).length;
    template.resourcePropertiesCountIs(
      'AWS::SQS::Queue',
      { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
      count,
    );
    template.resourcePropertiesCountIs(
      'AWS::SQS::QueuePolicy',
      {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Deny',
              Action: 'sqs:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ]),
        },
      },
      count,
    );
  });

  it('take the settings of the configuration', () => {
    const { postroomTemplate } = synthesizeStacks({
      queues: {
        support: { visibilityTimeoutSeconds: 43_200, maxReceives: 1000 },
        invoices: { type: 'fifo' },
      },
    });
    postroomTemplate.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'postroom-test-support',
      VisibilityTimeout: 43_200,
      RedrivePolicy: { maxReceiveCount: 1000 },
      FifoQueue: Match.absent(),
    });
  });

  it('of type fifo take the deduplication id from us, and so do their dead-letter queues', () => {
    for (const name of ['postroom-test-invoices.fifo', 'postroom-test-invoices-dead.fifo']) {
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: name,
        FifoQueue: true,
        ContentBasedDeduplication: false,
      });
    }
  });
});

describe('parse-mail', () => {
  it('runs on Node 24 on arm64, 60 seconds, with its own log group', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('^Reads mail'),
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 60,
      MemorySize: 512,
      LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^ParseMailLog') } },
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  it('is told the bucket and where queues are', () => {
    const { ParseMail } = template.findResources('AWS::Lambda::Function');
    expect(writeValue(ParseMail?.['Properties'])).toMatchObject({
      Environment: {
        Variables: {
          MAIL_BUCKET: expect.stringMatching(/^<MailBucket\w+>$/) as string,
          QUEUE_URL_BASE: 'https://sqs.<AWS::Region>.<AWS::URLSuffix>/<AWS::AccountId>/',
        },
      },
    });
  });

  it('gets ten records at once, returns failed ones alone, and runs as often as allowed', () => {
    const { postroomTemplate } = synthesizeStacks({ limits: { parsers: 2 } });
    postroomTemplate.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionName: { Ref: 'ParseMail' },
    });
  });
});

describe('what becomes of mail when the stack is destroyed', () => {
  const HOLDERS = ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup'];

  it.each(HOLDERS)('keeps each %s without being told otherwise', (type) => {
    template.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  it.each(HOLDERS)('deletes each %s when the configuration says delete', (type) => {
    const { postroomTemplate } = synthesizeStacks({ retention: { whenDestroyed: 'delete' } });
    postroomTemplate.allResources(type, { DeletionPolicy: 'Delete' });
    postroomTemplate.resourceCountIs('Custom::S3AutoDeleteObjects', 2);
  });

  it('keeps logs as many days as the configuration says', () => {
    const made = synthesizeStacks({ retention: { logDays: 365, whenDestroyed: 'delete' } });
    made.postroomTemplate.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
    made.receivingTemplate.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });
});

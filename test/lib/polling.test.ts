import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { sumDollars } from '../../bench/cost/cost-line.ts';
import { priceIdleStack, templateSchema } from '../../bench/cost/price-idle-stack.ts';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import { synthesizeStacks, writeValue } from './synthesized-stacks.ts';

type MailboxInput = NonNullable<ConfigurationInput['mailboxes']>[number];

const createMailbox = (name: string, intervalMinutes = 5): MailboxInput => ({
  name,
  address: `${name}@example.com`,
  provider: 'gmail',
  secret: 'postroom/mailboxes',
  intervalMinutes,
});

const synthesize = (...mailboxes: readonly MailboxInput[]) =>
  synthesizeStacks({ mailboxes: [...mailboxes] }).postroomTemplate;

const countResources = (template: ReturnType<typeof synthesize>): number =>
  Object.keys(templateSchema.parse(template.toJSON()).Resources).length;

const template = synthesize(createMailbox('vendor'), createMailbox('bounces', 1));

describe('what polls mailboxes', () => {
  it('is not there when there is no mailbox', () => {
    const none = synthesize();
    none.resourceCountIs('AWS::Scheduler::Schedule', 0);
    none.resourceCountIs('AWS::Scheduler::ScheduleGroup', 0);
    expect(Object.keys(none.findResources('AWS::Lambda::Function'))).not.toContain('PollMailbox');
  });

  it('is as many resources for ten thousand mailboxes as for one', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => createMailbox(`mailbox-${index}`));
    expect(countResources(synthesize(...many))).toBe(
      countResources(synthesize(createMailbox('a'))),
    );
  });

  it('has no alarm and no metric of its own, however many mailboxes there are', () => {
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::Logs::MetricFilter', 0);
  });

  it('costs less than a dollar a month while no mail comes', () => {
    const price = (made: typeof template): number =>
      sumDollars(priceIdleStack([templateSchema.parse(made.toJSON())]));
    const more = price(synthesize(createMailbox('vendor'))) - price(synthesize());
    expect(more).toBeGreaterThan(0.26);
    expect(more).toBeLessThan(1);
  });
});

describe('the schedules', () => {
  it('are one for each interval, which they tell with their time', () => {
    const made = Object.values(template.findResources('AWS::Scheduler::Schedule'));
    expect(made.map(({ Properties }) => writeValue(Properties))).toMatchObject(
      [
        ['rate(1 minute)', 1],
        ['rate(5 minutes)', 5],
      ].map(([ScheduleExpression, intervalMinutes]) => ({
        GroupName: 'postroom-test',
        ScheduleExpression,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: '<DispatchPolls.Arn>',
          Input: JSON.stringify({
            intervalMinutes,
            scheduledAt: '<aws.scheduler.scheduled-time>',
          }),
          RetryPolicy: {
            MaximumEventAgeInSeconds: Number(intervalMinutes) * 60,
            MaximumRetryAttempts: 2,
          },
        },
      })),
    );
  });

  it('may invoke dispatch-polls and nothing else, and only those of our group may', () => {
    const [role] = Object.values(
      template.findResources('AWS::IAM::Role', {
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [{ Principal: { Service: 'scheduler.amazonaws.com' } }],
          },
        },
      }),
    );
    expect(writeValue(role?.['Properties'])).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Condition: {
              StringEquals: {
                'aws:SourceAccount': '<AWS::AccountId>',
                'aws:SourceArn':
                  'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule-group/postroom-test',
              },
            },
          },
        ],
      },
      Policies: [
        {
          PolicyDocument: {
            Statement: [{ Action: 'lambda:InvokeFunction', Resource: '<DispatchPolls.Arn>' }],
          },
        },
      ],
    });
  });
});

describe('the polls queue', () => {
  it('keeps a wake-up for the longest interval and the longest delay, and goes with its stack', () => {
    const made = synthesize(createMailbox('vendor', 30), createMailbox('bounces', 1));
    made.hasResource('AWS::SQS::Queue', {
      Properties: {
        QueueName: 'postroom-test-polls',
        MessageRetentionPeriod: 30 * 60 + 900,
        VisibilityTimeout: 1800,
        RedrivePolicy: Match.absent(),
        SqsManagedSseEnabled: true,
      },
      DeletionPolicy: 'Delete',
    });
  });

  it('gives one mailbox to an invocation, and as many at once as the configuration says', () => {
    const { postroomTemplate } = synthesizeStacks({
      mailboxes: [createMailbox('vendor')],
      limits: { pollers: 40 },
    });
    postroomTemplate.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: 'PollMailbox' },
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 40 },
    });
  });
});

describe('the functions', () => {
  it('have the time and the memory that they need', () => {
    const { DispatchPolls, PollMailbox } = template.findResources('AWS::Lambda::Function');
    expect(DispatchPolls?.['Properties']).toMatchObject({ Timeout: 60, MemorySize: 256 });
    expect(PollMailbox?.['Properties']).toMatchObject({ Timeout: 300, MemorySize: 256 });
  });
});

describe('the mail bucket', () => {
  it('forgets polled mail with all raw mail, and never what is known of mailboxes', () => {
    const [bucket] = Object.values(
      template.findResources('AWS::S3::Bucket', {
        Properties: { BucketName: { 'Fn::Join': Match.arrayWith(['']) } },
      }),
    );
    expect(writeValue(bucket?.['Properties'])).toMatchObject({
      LifecycleConfiguration: {
        Rules: [
          { Id: 'forget-raw-mail', Prefix: 'raw/', ExpirationInDays: 90 },
          { Id: 'forget-large-events', Prefix: 'events/' },
          { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        ],
      },
    });
  });
});

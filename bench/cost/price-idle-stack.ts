import * as z from 'zod';
import { PRICES } from '../prices.ts';
import type { CostLine } from './cost-line.ts';

/** A synthesized template, as far as it is priced. */
export const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.looseObject({}).default({}) }),
  ),
});
type Resource = z.output<typeof templateSchema>['Resources'][string];

const MINUTES_A_MONTH = 30 * 24 * 60;
/**
 * Lambda asks a queue with five connections, each waiting 20 s for a message, also while there is
 * none. Source: AWS Compute Blog, "Understanding how AWS Lambda scales with Amazon SQS standard
 * queues".
 */
const POLLERS = 5;
const RECEIVES_A_MONTH = POLLERS * 3 * MINUTES_A_MONTH;

/** What a scheduled invocation takes of a function of 512 MB that finds nothing to do. */
const IDLE_INVOCATION_DOLLARS =
  PRICES.schedulerPerInvocation +
  PRICES.lambdaPerInvocation +
  0.1 * 0.5 * PRICES.lambdaPerGbSecond +
  (1_000 * PRICES.logsPerGb) / 1e9;

const scheduleSchema = z.looseObject({ ScheduleExpression: z.string().optional() });
const MINUTES = { minute: 1, minutes: 1, hour: 60, hours: 60, day: 1440, days: 1440 };
type Unit = keyof typeof MINUTES;

/** `rate(5 minutes)`; whatever else there is counts as every minute, which is the most it can be. */
function countRuns({ Properties }: Resource): number {
  const { ScheduleExpression } = scheduleSchema.parse(Properties);
  if (ScheduleExpression === undefined) return 0;
  const [, every, unit] = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(ScheduleExpression) ?? [];
  // The expression lets only these through.
  const minutes = unit === undefined ? 1 : Number(every) * MINUTES[unit as Unit];
  return MINUTES_A_MONTH / minutes;
}

const alarmSchema = z.looseObject({
  Metrics: z.array(z.looseObject({ MetricStat: z.unknown().optional() })).optional(),
});

/** An alarm is billed for each metric that it looks at. */
const countAlarmMetrics = ({ Properties }: Resource): number => {
  const { Metrics } = alarmSchema.parse(Properties);
  return Metrics === undefined
    ? 1
    : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
};

const one = (): number => 1;

/** What each resource of a type costs a month while no mail comes. */
const MONTHLY: Readonly<
  Record<string, { readonly dollars: number; readonly count: (resource: Resource) => number }>
> = {
  'AWS::CloudWatch::Alarm': { dollars: PRICES.alarmPerMonth, count: countAlarmMetrics },
  'AWS::CloudWatch::Dashboard': { dollars: PRICES.dashboardPerMonth, count: one },
  'AWS::KMS::Key': { dollars: PRICES.keyPerMonth, count: one },
  'AWS::SecretsManager::Secret': { dollars: PRICES.secretPerMonth, count: one },
  'AWS::Logs::MetricFilter': { dollars: PRICES.metricPerMonth, count: one },
  'AWS::Lambda::EventSourceMapping': {
    dollars: PRICES.sqsPerRequest,
    count: () => RECEIVES_A_MONTH,
  },
  'AWS::Scheduler::Schedule': { dollars: IDLE_INVOCATION_DOLLARS, count: countRuns },
  'AWS::Events::Rule': { dollars: IDLE_INVOCATION_DOLLARS, count: countRuns },
};

/** Paid by use only. A type in neither table fails the bench: nothing is free by being forgotten. */
const PAID_BY_USE: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudFormation::CustomResource',
  'AWS::DynamoDB::Table',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SES::ReceiptRule',
  'AWS::SES::ReceiptRuleSet',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
]);

const isPaidByUse = (type: string): boolean => PAID_BY_USE.has(type) || type.startsWith('Custom::');

/** What a month without a mail costs. */
export function priceIdleStack(templates: readonly z.output<typeof templateSchema>[]): CostLine[] {
  const resources = templates.flatMap(({ Resources }) => Object.values(Resources));
  const byType = Map.groupBy(resources, ({ Type }) => Type);
  return Array.from(byType).flatMap(([type, members]) => {
    const monthly = MONTHLY[type];
    if (monthly === undefined) {
      if (isPaidByUse(type)) return [];
      throw new Error(`expected ${type} to have a price in bench/cost/price-idle-stack.ts`);
    }
    const count = members.reduce((sum, member) => sum + monthly.count(member), 0);
    const what = type === 'AWS::Lambda::EventSourceMapping' ? 'empty receives of queues' : type;
    return [{ what, count, dollars: count * monthly.dollars }];
  });
}

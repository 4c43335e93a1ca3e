import { Aws } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { listIntervals } from '../../mail/configuration/polls-queue.ts';
import { scheduleGroupName } from '../../mail/configuration/resource-names.ts';

/** SECURITY: only our own group's schedules may act as this role (the confused deputy). */
const createScheduleRole = (scope: Construct, group: string, target: IFunction): Role =>
  new Role(scope, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceAccount': Aws.ACCOUNT_ID,
          'aws:SourceArn': `arn:${Aws.PARTITION}:scheduler:${Aws.REGION}:${Aws.ACCOUNT_ID}:schedule-group/${group}`,
        },
      },
    }),
    inlinePolicies: {
      invoke: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ['lambda:InvokeFunction'],
            resources: [target.functionArn],
          }),
        ],
      }),
    },
  });

/**
 * Makes a schedule for each interval that a mailbox has, however many have it. Each tells the
 * function its interval, and when it was to tell it.
 */
export function createPollSchedules(
  scope: Construct,
  { environment, mailboxes }: Configuration,
  target: IFunction,
): void {
  const name = scheduleGroupName(environment);
  const group = new CfnScheduleGroup(scope, 'Schedules', { name });
  const role = createScheduleRole(scope, name, target);
  for (const minutes of listIntervals(mailboxes)) {
    const schedule = new CfnSchedule(scope, `Every${minutes}`, {
      groupName: name,
      description: 'Wakes up the polls of the mailboxes with this interval',
      scheduleExpression: `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({
          intervalMinutes: minutes,
          scheduledAt: '<aws.scheduler.scheduled-time>',
        }),
        // A run that is later than its interval does nothing.
        retryPolicy: { maximumEventAgeInSeconds: minutes * 60, maximumRetryAttempts: 2 },
      },
    });
    schedule.addResourceDependency(group);
  }
}

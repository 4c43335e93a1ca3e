import { expect, it } from 'vitest';
import { LEDGER_TABLE } from '../../local/queues/create-ledger-table.ts';
import { planQueues } from '../../local/queues/plan-queues.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { SAMPLE, synthesizeStacks } from './synthesized-stacks.ts';

interface QueueProperties {
  readonly QueueName: string;
  readonly FifoQueue?: boolean;
  readonly VisibilityTimeout?: number;
  readonly DelaySeconds?: number;
  readonly MessageRetentionPeriod: number;
  readonly RedrivePolicy?: { readonly maxReceiveCount: number };
}

const { postroomTemplate } = synthesizeStacks();

it('the local run has the queues of the deployed stack, with the same settings', () => {
  const deployed = Object.values(postroomTemplate.findResources('AWS::SQS::Queue'))
    // Templates are untyped; these members are CloudFormation's.
    .map(({ Properties }) => Properties as QueueProperties)
    .map(
      ({
        QueueName,
        FifoQueue,
        VisibilityTimeout,
        DelaySeconds,
        MessageRetentionPeriod,
        RedrivePolicy,
      }) => ({
        name: QueueName,
        isFifo: FifoQueue ?? false,
        visibilitySeconds: VisibilityTimeout,
        delaySeconds: DelaySeconds ?? 0,
        retentionSeconds: MessageRetentionPeriod,
        maxReceives: RedrivePolicy?.maxReceiveCount,
      }),
    );
  const local = planQueues(parseConfiguration(SAMPLE)).map(({ name, attributes, redrive }) => ({
    name,
    isFifo: attributes['FifoQueue'] === 'true',
    visibilitySeconds:
      attributes['VisibilityTimeout'] === undefined
        ? undefined
        : Number(attributes['VisibilityTimeout']),
    delaySeconds: Number(attributes['DelaySeconds'] ?? 0),
    retentionSeconds: Number(attributes['MessageRetentionPeriod']),
    maxReceives: redrive?.maxReceives,
  }));
  expect(local).toHaveLength(deployed.length);
  expect(local).toEqual(expect.arrayContaining(deployed));
});

it('the local run has the table of the deployed stack, with the same keys', () => {
  const [table, ...others] = Object.values(postroomTemplate.findResources('AWS::DynamoDB::Table'));
  expect(others).toEqual([]);
  expect(table?.['Properties']).toMatchObject(LEDGER_TABLE);
});

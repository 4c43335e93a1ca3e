import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { synthesizeStacks, writeValue } from './synthesized-stacks.ts';

const { postroomTemplate: template } = synthesizeStacks();

const OWN = ['arrivals', 'arrivals-topic', 'drops', 'reconcile'];

const mappingSchema = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.number(),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
  FunctionResponseTypes: z.array(z.string()),
});

/** The SQS names of the queues that hold-dead-letters reads. */
function listRead(): readonly string[] {
  const queues = template.findResources('AWS::SQS::Queue');
  const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'))
    .map(({ Properties }) => mappingSchema.parse(writeValue(Properties)))
    .filter(({ FunctionName }) => FunctionName === '<HoldDeadLetters>');
  return mappings.map((mapping) => {
    expect(mapping).toMatchObject({
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    const id = /^<(\w+)\.Arn>$/.exec(mapping.EventSourceArn)?.[1] ?? '';
    return z.object({ QueueName: z.string() }).parse(queues[id]?.['Properties']).QueueName;
  });
}

describe('the dead-letter queues of our own', () => {
  it('are all read by hold-dead-letters, and those of a team are not', () => {
    expect(listRead()).toEqual(OWN.map((queue) => `postroom-test-${queue}-dead`));
  });

  it.each(OWN)('give a message of %s back after six times what its reader may take', (queue) => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: `postroom-test-${queue}-dead`,
      VisibilityTimeout: 360,
      RedrivePolicy: Match.absent(),
      MessageRetentionPeriod: 14 * 86_400,
    });
  });
});

describe('hold-dead-letters', () => {
  it('has the time and memory that it needs and nothing of the drop bucket', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 256,
      Timeout: 60,
      Environment: { Variables: { DROP_BUCKET: Match.absent(), TABLE_NAME: Match.anyValue() } },
    });
    expect(Object.keys(template.findResources('AWS::Lambda::Function'))).toContain(
      'HoldDeadLetters',
    );
  });

  it('tells the queue that the configuration names for quarantine', () => {
    const { postroomTemplate } = synthesizeStacks({ quarantine: { queue: 'invoices' } });
    expect(listSendTargets(postroomTemplate)).toEqual([
      '<ArrivalsQueue808B4D44.Arn>',
      '<DestinationinvoicesQueue31BC20C0.Arn>',
    ]);
    expect(listSendTargets(template)).toEqual([
      '<ArrivalsQueue808B4D44.Arn>',
      '<DestinationsupportQueueFF626622.Arn>',
    ]);
  });
});

const policySchema = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({
        Action: z.union([z.string(), z.array(z.string())]),
        Resource: z.union([z.string(), z.array(z.string())]),
      }),
    ),
  }),
});

/** Where the function may send. */
function listSendTargets(made: Template): readonly string[] {
  const policies = Object.entries(made.findResources('AWS::IAM::Policy'));
  return policies
    .filter(([id]) => id.startsWith('DeadLetters'))
    .flatMap(
      ([, { Properties }]) => policySchema.parse(writeValue(Properties)).PolicyDocument.Statement,
    )
    .filter(({ Action }) => Action === 'sqs:SendMessage')
    .flatMap(({ Resource }) => [Resource].flat());
}

import { describe, expect, it } from 'vitest';
import { parseArchitecture } from '../../lib/architecture.ts';
import { synthesizeStacks, writeValue } from './synthesized-stacks.ts';

const { postroom, receiving, postroomTemplate, receivingTemplate } = synthesizeStacks();

describe('the app', () => {
  it('names the stacks after the environment and keeps their files under fixed names', () => {
    expect([postroom.stackName, receiving.stackName]).toEqual([
      'postroom-test',
      'postroom-test-receiving',
    ]);
    expect([postroom.templateFile, receiving.templateFile]).toEqual([
      'Postroom.template.json',
      'PostroomReceiving.template.json',
    ]);
  });

  it('deploys what SES needs before SES', () => {
    expect(receiving.dependencies).toEqual([postroom]);
    expect(postroom.dependencies).toEqual([]);
  });

  it('lets nothing but names cross between the stacks', () => {
    const crossing = /Fn::ImportValue|"Export"/;
    expect(JSON.stringify(postroomTemplate.toJSON())).not.toMatch(crossing);
    expect(JSON.stringify(receivingTemplate.toJSON())).not.toMatch(crossing);
  });

  it('keeps the ids by which functions are invoked', () => {
    expect(Object.keys(postroomTemplate.findResources('AWS::Lambda::Function'))).toEqual([
      'ParseMail',
      'EnterDrops',
      'ReconcileArrivals',
      'HoldDeadLetters',
    ]);
    expect(Object.keys(receivingTemplate.findResources('AWS::Lambda::Function'))).toEqual([
      'ActivateRuleSet',
    ]);
  });

  it('keeps the id of what holds mail, since another id would be another, empty one', () => {
    expect(Object.keys(postroomTemplate.findResources('AWS::S3::Bucket'))).toEqual([
      'MailBucketFABEC941',
      'DropBucketCB075576',
    ]);
    const queues = Object.entries(postroomTemplate.findResources('AWS::SQS::Queue')).map(
      ([id, { Properties }]) => [id, (writeValue(Properties) as { QueueName: string }).QueueName],
    );
    expect(Object.fromEntries(queues)).toMatchObject({
      ArrivalsQueue808B4D44: 'postroom-test-arrivals',
      DropDoorDropsEventsQueueC5B2D144: 'postroom-test-drops',
      ReconciliationWrittenEventsQueue99C7276B: 'postroom-test-reconcile',
      DestinationsupportQueueFF626622: 'postroom-test-support',
      DestinationinvoicesQueue31BC20C0: 'postroom-test-invoices.fifo',
    });
  });

  it('keeps within what CloudFormation takes with a hundred queues', () => {
    const names = Array.from({ length: 100 }, (_, index) => `queue-${index}`);
    const { postroomTemplate: large } = synthesizeStacks({
      queues: Object.fromEntries(names.map((name) => [name, {}])),
      rules: names.map((name) => ({
        name,
        when: { recipient: { tag: name } },
        then: [{ queue: name }],
      })),
      otherwise: { drop: 'nothing matched' },
      quarantine: { queue: 'queue-0' },
    });
    const resources = large.toJSON()['Resources'] as Record<string, unknown>;
    expect(Object.keys(resources).length).toBeLessThanOrEqual(500);
  });
});

describe('the processor that functions run on', () => {
  it('is arm64 when nothing else is asked for', () => {
    expect(parseArchitecture(undefined).name).toBe('arm64');
  });

  it('is what the context says', () => {
    expect(parseArchitecture('x86_64').name).toBe('x86_64');
  });

  it('is refused by name when Lambda has none like it', () => {
    expect(() => parseArchitecture('mips')).toThrow(
      '-c architecture: expected arm64 or x86_64, came "mips"',
    );
  });
});

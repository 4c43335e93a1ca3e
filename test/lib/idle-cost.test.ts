import { describe, expect, it } from 'vitest';
import { sumDollars } from '../../bench/cost/cost-line.ts';
import { priceIdleStack, templateSchema } from '../../bench/cost/price-idle-stack.ts';
import { synthesizeStacks } from './synthesized-stacks.ts';

describe('a month without a mail', () => {
  it('costs at most 5 dollars', () => {
    const { postroomTemplate, receivingTemplate } = synthesizeStacks();
    const templates = [postroomTemplate, receivingTemplate].map((template) =>
      templateSchema.parse(template.toJSON()),
    );
    const lines = priceIdleStack(templates);
    expect(lines.map(({ what }) => what)).toContain('empty receives of queues');
    expect(sumDollars(lines)).toBeLessThanOrEqual(5);
  });

  const price = (Type: string, Properties: Record<string, unknown> = {}): number =>
    sumDollars(priceIdleStack([{ Resources: { one: { Type, Properties } } }]));

  it.each([
    ['a queue that a function reads', 'AWS::Lambda::EventSourceMapping', {}, 0.26],
    ['a key', 'AWS::KMS::Key', {}, 1],
    ['an alarm', 'AWS::CloudWatch::Alarm', {}, 0.1],
    [
      'an alarm that divides one metric by another',
      'AWS::CloudWatch::Alarm',
      { Metrics: [{ Expression: 'a / b' }, { MetricStat: {} }, { MetricStat: {} }] },
      0.2,
    ],
    ['a queue alone', 'AWS::SQS::Queue', {}, 0],
    [
      'a function each minute',
      'AWS::Scheduler::Schedule',
      { ScheduleExpression: 'rate(1 minute)' },
      0.1,
    ],
  ])('with %s is known', (_, type, properties, dollars) => {
    expect(price(type, properties)).toBeCloseTo(dollars, 2);
  });

  it('with a resource that nobody has priced is not known', () => {
    expect(() => price('AWS::EC2::NatGateway')).toThrow(
      'expected AWS::EC2::NatGateway to have a price in bench/cost/price-idle-stack.ts',
    );
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import { createFetchCustomResourceResponder } from '../../../adapters/aws/fetch-custom-resource-responder.ts';
import { createSesReceiptRuleSets } from '../../../adapters/aws/ses-receipt-rule-sets.ts';
import type { Counterpart } from '../../../cli/sam/counterpart.ts';
import { playCloudFormation } from '../../../cli/sam/play-cloudformation.ts';

const ANSWER = {
  PhysicalResourceId: 'postroom-dev',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'ActiveRuleSet',
};

const finished: Counterpart[] = [];

afterEach(async () => {
  for (const counterpart of finished.splice(0)) await counterpart.finish();
});

/** The rule sets and the answer's address as the function sees them, but from outside a container. */
async function play(event: object, activeRuleSet?: string) {
  const counterpart = await playCloudFormation(event, activeRuleSet);
  const url = `http://127.0.0.1:${counterpart.ports[0] ?? 0}`;
  const settings = {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  return {
    counterpart,
    ruleSets: createSesReceiptRuleSets(settings),
    answer: (Status: 'SUCCESS' | 'FAILED', Reason = 'no reason') =>
      createFetchCustomResourceResponder().writeResponse(`${url}/answer`, {
        ...ANSWER,
        Status,
        Reason,
      }),
  };
}

describe('playCloudFormation', () => {
  test('starts with nothing active and reports what was activated', async () => {
    const { counterpart, ruleSets, answer } = await play({ RequestType: 'Create' });

    expect(await ruleSets.readActiveRuleSet()).toBeUndefined();
    await ruleSets.activateRuleSet('postroom-dev');
    expect(await ruleSets.readActiveRuleSet()).toBe('postroom-dev');
    await answer('SUCCESS');

    expect(await counterpart.finish()).toEqual({
      lines: [
        'SES: active rule set none -> postroom-dev',
        'CloudFormation got the answer SUCCESS: no reason',
      ],
      isSuccess: true,
    });
  });

  test('has the rule set active that a deletion is about, until none is', async () => {
    const { counterpart, ruleSets, answer } = await play({ PhysicalResourceId: 'postroom-dev' });

    expect(await ruleSets.readActiveRuleSet()).toBe('postroom-dev');
    await ruleSets.activateRuleSet(undefined);
    await answer('SUCCESS');

    const { lines } = await counterpart.finish();
    expect(lines[0]).toBe('SES: active rule set postroom-dev -> none');
  });

  test('is no success when the answer is FAILED', async () => {
    const { counterpart, answer } = await play({}, 'mail-of-others');

    await answer('FAILED', 'the set of others is active');

    expect(await counterpart.finish()).toEqual({
      lines: [
        'SES: active rule set mail-of-others -> mail-of-others',
        'CloudFormation got the answer FAILED: the set of others is active',
      ],
      isSuccess: false,
    });
  });

  test('is no success when there was no answer', async () => {
    const { counterpart } = await play({});

    expect(await counterpart.finish()).toMatchObject({ isSuccess: false });
  });

  test('points the event and the function at itself by the host name of containers', async () => {
    const { counterpart } = await play({ RequestType: 'Create', ResponseURL: 'https://elsewhere' });
    finished.push(counterpart);
    const url = `http://host.docker.internal:${counterpart.ports[0] ?? 0}`;

    expect(counterpart.event).toEqual({ RequestType: 'Create', ResponseURL: `${url}/answer` });
    expect(counterpart.variables).toEqual({ AWS_ENDPOINT_URL: url });
  });
});

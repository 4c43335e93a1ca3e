import { describe, expect, it } from 'vitest';
import { createFetchCustomResourceResponder } from '../../../adapters/aws/fetch-custom-resource-responder.ts';
import { createActivateRuleSetHandler } from '../../../lambdas/activate-rule-set/create-handler.ts';
import { PeerUnavailableError } from '../../../mail/errors.ts';
import type { ReceiptRuleSets } from '../../../mail/ports/ports.ts';
import { startLocalServer } from '../../support/local-server.ts';
import { createEvent, deleteEvent, updateEvent } from './custom-resource-events.ts';

/** The account's rule sets in memory, with every activation that was asked for. */
function createMemoryRuleSets(active: string | undefined) {
  const activations: (string | undefined)[] = [];
  let current = active;
  const ruleSets: ReceiptRuleSets = {
    readActiveRuleSet: () => Promise.resolve(current),
    activateRuleSet: (name) => {
      activations.push(name);
      current = name;
      return Promise.resolve();
    },
  };
  return { ruleSets, activations };
}

/** Plays CloudFormation: calls the function and reads what it put to the address of the answer. */
async function askFunction(ruleSets: ReceiptRuleSets, toEvent: (responseUrl: string) => unknown) {
  const answers: { method: string | undefined; type: string | undefined; body: unknown }[] = [];
  const url = await startLocalServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      const { method, headers } = request;
      answers.push({ method, type: headers['content-type'], body: JSON.parse(body) });
      response.end();
    });
  });
  const handler = createActivateRuleSetHandler({
    ruleSets,
    responder: createFetchCustomResourceResponder(),
  });
  await handler(toEvent(`${url}/answer?Signature=abc`));
  return answers;
}

const ANSWERED = {
  StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/postroom-test-receiving/5e1f',
  RequestId: '8f7a2c1e-93a5-4c51-8f0d-6a0a4b2b2c11',
  LogicalResourceId: 'ActiveRuleSet',
};
const SUCCESS = { ...ANSWERED, Status: 'SUCCESS', PhysicalResourceId: 'postroom-test' };

describe('creating the activation', () => {
  it('activates our rule set when none is active', async () => {
    const { ruleSets, activations } = createMemoryRuleSets(undefined);
    const answers = await askFunction(ruleSets, createEvent);
    expect(activations).toEqual(['postroom-test']);
    // The URL is signed for an empty content type.
    expect(answers).toEqual([{ method: 'PUT', type: '', body: SUCCESS }]);
  });

  it('does nothing when ours is active', async () => {
    const { ruleSets, activations } = createMemoryRuleSets('postroom-test');
    const [answer] = await askFunction(ruleSets, createEvent);
    expect(activations).toEqual([]);
    expect(answer?.body).toEqual(SUCCESS);
  });

  it("fails with a stranger's name and what to do, and leaves it active", async () => {
    const { ruleSets, activations } = createMemoryRuleSets('newsletter-inbox');
    const [answer] = await askFunction(ruleSets, createEvent);
    expect(activations).toEqual([]);
    expect(answer?.body).toEqual({
      ...ANSWERED,
      Status: 'FAILED',
      PhysicalResourceId: 'postroom-test',
      Reason:
        'The SES receipt rule set "newsletter-inbox" is active in this account and region, and it is not ours: ' +
        'activating "postroom-test" would stop its mail. Deploy to another region or account, or leave none active ' +
        '(aws ses set-active-receipt-rule-set) once its mail may stop, then deploy again.',
    });
  });
});

describe('updating the activation', () => {
  it('activates the new name when our previous one is active', async () => {
    const { ruleSets, activations } = createMemoryRuleSets('postroom-before');
    const [answer] = await askFunction(ruleSets, updateEvent);
    expect(activations).toEqual(['postroom-test']);
    expect(answer?.body).toEqual(SUCCESS);
  });

  it('does nothing when the new name is active already', async () => {
    const { ruleSets, activations } = createMemoryRuleSets('postroom-test');
    const [answer] = await askFunction(ruleSets, updateEvent);
    expect(activations).toEqual([]);
    expect(answer?.body).toEqual(SUCCESS);
  });

  it("fails when a stranger's is active", async () => {
    const { ruleSets, activations } = createMemoryRuleSets('newsletter-inbox');
    const [answer] = await askFunction(ruleSets, updateEvent);
    expect(activations).toEqual([]);
    expect(answer?.body).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('"newsletter-inbox" is active') as string,
    });
  });
});

describe('deleting the activation', () => {
  it('leaves none active when ours is', async () => {
    const { ruleSets, activations } = createMemoryRuleSets('postroom-test');
    const [answer] = await askFunction(ruleSets, deleteEvent);
    expect(activations).toEqual([undefined]);
    expect(answer?.body).toEqual(SUCCESS);
  });

  it("leaves a stranger's active", async () => {
    const { ruleSets, activations } = createMemoryRuleSets('newsletter-inbox');
    const [answer] = await askFunction(ruleSets, deleteEvent);
    expect(activations).toEqual([]);
    expect(answer?.body).toEqual(SUCCESS);
  });

  it('does nothing when none is active', async () => {
    const { ruleSets, activations } = createMemoryRuleSets(undefined);
    const [answer] = await askFunction(ruleSets, deleteEvent);
    expect(activations).toEqual([]);
    expect(answer?.body).toEqual(SUCCESS);
  });

  it('knows ours by its property when the answer to Create was lost', async () => {
    const { ruleSets, activations } = createMemoryRuleSets('postroom-test');
    const [answer] = await askFunction(ruleSets, (url) => deleteEvent(url, 'ActiveRuleSet-1X2Y3Z'));
    expect(activations).toEqual([undefined]);
    expect(answer?.body).toEqual({ ...SUCCESS, PhysicalResourceId: 'ActiveRuleSet-1X2Y3Z' });
  });
});

describe('answering', () => {
  it('says why when SES does not do its part', async () => {
    const ruleSets: ReceiptRuleSets = {
      readActiveRuleSet: () =>
        Promise.reject(new PeerUnavailableError('ses:DescribeActiveReceiptRuleSet answered X')),
      activateRuleSet: () => Promise.reject(new Error('not asked')),
    };
    const [answer] = await askFunction(ruleSets, createEvent);
    expect(answer?.body).toEqual({
      ...ANSWERED,
      Status: 'FAILED',
      PhysicalResourceId: 'postroom-test',
      Reason: 'ses:DescribeActiveReceiptRuleSet answered X',
    });
  });

  it('keeps a long reason within what CloudFormation reads', async () => {
    const ruleSets: ReceiptRuleSets = {
      readActiveRuleSet: () => Promise.reject(new Error('x'.repeat(10_000))),
      activateRuleSet: () => Promise.reject(new Error('not asked')),
    };
    const [answer] = await askFunction(ruleSets, createEvent);
    expect(JSON.stringify(answer?.body).length).toBeLessThan(4096);
    expect(answer?.body).toMatchObject({ Status: 'FAILED' });
  });

  it('says which members a malformed request lacks, under the id that it has', async () => {
    const { ruleSets, activations } = createMemoryRuleSets('postroom-test');
    const [answer] = await askFunction(ruleSets, (url) => ({
      ...createEvent(url),
      ResourceProperties: {},
    }));
    expect(activations).toEqual([]);
    expect(answer?.body).toEqual({
      ...ANSWERED,
      Status: 'FAILED',
      PhysicalResourceId: 'ActiveRuleSet',
      Reason: 'Not a request to activate a rule set: see ResourceProperties.RuleSetName',
    });
  });

  it('throws when the event does not say where to answer', async () => {
    const { ruleSets } = createMemoryRuleSets(undefined);
    const handler = createActivateRuleSetHandler({
      ruleSets,
      responder: createFetchCustomResourceResponder(),
    });
    await expect(handler({ RequestType: 'Create' })).rejects.toThrow(
      'Not a request of CloudFormation: nowhere to answer',
    );
  });

  it('tells the log how a request ended, without the signed address', async () => {
    const { ruleSets } = createMemoryRuleSets(undefined);
    const outcomes: unknown[] = [];
    const handler = createActivateRuleSetHandler({
      ruleSets,
      responder: { writeResponse: () => Promise.resolve() },
      reportOutcome: (outcome) => outcomes.push(outcome),
    });
    await handler(createEvent('https://example.com/?Signature=abc'));
    expect(outcomes).toEqual([{ kind: 'activated' }]);
  });
});

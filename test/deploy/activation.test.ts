import { createServer } from 'node:http';
import { once } from 'node:events';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  CreateReceiptRuleCommand,
  CreateReceiptRuleSetCommand,
  DescribeActiveReceiptRuleSetCommand,
  SetActiveReceiptRuleSetCommand,
} from '@aws-sdk/client-ses';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/requirement.ts';
import { type CdkProject, createCdkProject } from './cdk-project.ts';
import { createEndpointClients, type EndpointClients } from './endpoint-clients.ts';
import {
  type LocalAwsEndpoint,
  localAws,
  startEndpoint,
} from '../support/local-aws/local-aws-endpoint.ts';

// The tests are one account's history, in order.
describeWith([localAws], 'activation of the rule set in a deployment', () => {
  let endpoint: LocalAwsEndpoint;
  let project: CdkProject;
  let clients: EndpointClients;

  const readActive = () => clients.ses.send(new DescribeActiveReceiptRuleSetCommand({}));

  beforeAll(async () => {
    endpoint = await startEndpoint();
    clients = createEndpointClients(endpoint);
    project = await createCdkProject(endpoint, {
      environment: 'proof',
      receiving: { domains: [{ domain: 'example.com', catchAll: true }] },
      queues: { inbox: {} },
      otherwise: { queue: 'inbox' },
      retention: { whenDestroyed: 'delete' },
    });
  }, 60_000);

  afterAll(() => endpoint.stop());

  test("a stranger's active set fails the deployment by its name and stays as it was", async () => {
    await makeStrangersSet(clients);
    const before = await readActive();

    const { exitStatus, stderr } = await project.runCdk('deploy', '--all', ...WITHOUT_QUESTIONS);

    expect(exitStatus).toBe(1);
    expect(stderr).toContain('The SES receipt rule set "mail-of-others" is active');
    expect(await readStackStatus(clients, 'postroom-proof-receiving')).toBe('ROLLBACK_COMPLETE');
    const after = await readActive();
    expect(after.Metadata).toEqual(before.Metadata);
    expect(after.Rules).toEqual(before.Rules);
  }, 120_000);

  test('with nothing active the next deployment activates ours', async () => {
    await clients.ses.send(new SetActiveReceiptRuleSetCommand({}));

    const { exitStatus, stderr } = await project.runCdk('deploy', '--all', ...WITHOUT_QUESTIONS);

    expect(exitStatus, stderr).toBe(0);
    expect((await readActive()).Metadata?.Name).toBe('postroom-proof');
  }, 120_000);

  test('a request to activate ours when it is active succeeds and changes nothing', async () => {
    const before = await readActive();

    const answer = await requestActivation(clients, 'postroom-proof');

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'postroom-proof' });
    expect((await readActive()).Metadata).toEqual(before.Metadata);
  }, 60_000);

  test("destroy leaves a stranger's set active that was activated since", async () => {
    await clients.ses.send(new SetActiveReceiptRuleSetCommand({ RuleSetName: 'mail-of-others' }));

    const { exitStatus, stderr } = await project.runCdk('destroy', '--all', '--force');

    expect(exitStatus, stderr).toBe(0);
    expect((await readActive()).Metadata?.Name).toBe('mail-of-others');
  }, 120_000);
});

const WITHOUT_QUESTIONS = ['--require-approval', 'never'];

async function makeStrangersSet({ ses }: EndpointClients): Promise<void> {
  const RuleSetName = 'mail-of-others';
  await ses.send(new CreateReceiptRuleSetCommand({ RuleSetName }));
  await ses.send(
    new CreateReceiptRuleCommand({
      RuleSetName,
      Rule: { Name: 'theirs', Enabled: true, Actions: [{ StopAction: { Scope: 'RuleSet' } }] },
    }),
  );
  await ses.send(new SetActiveReceiptRuleSetCommand({ RuleSetName }));
}

async function readStackStatus(
  { cloudFormation }: EndpointClients,
  StackName: string,
): Promise<string | undefined> {
  const described = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  return described.Stacks?.[0]?.StackStatus;
}

/** Asks the deployed function as CloudFormation does, and waits for its answer. */
async function requestActivation({ lambda }: EndpointClients, ruleSet: string): Promise<unknown> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const activate = Functions.find(({ FunctionName }) => FunctionName?.includes('ActivateRuleSet'));
  const answers = createServer().listen(0, '127.0.0.1');
  await once(answers, 'listening');
  const address = answers.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const answered = new Promise<string>((resolve) => {
    answers.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        response.end();
        resolve(body);
      });
    });
  });
  await lambda.send(
    new InvokeCommand({
      FunctionName: activate?.FunctionName,
      InvocationType: 'Event',
      Payload: JSON.stringify({
        RequestType: 'Create',
        ResponseURL: `http://127.0.0.1:${address.port}/answer`,
        StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/postroom-proof-receiving/1',
        RequestId: 'request-1',
        LogicalResourceId: 'ActiveRuleSet',
        ResourceType: 'Custom::ActiveReceiptRuleSet',
        ResourceProperties: { ServiceToken: activate?.FunctionArn, RuleSetName: ruleSet },
      }),
    }),
  );
  const answer: unknown = JSON.parse(await answered);
  answers.close();
  return answer;
}

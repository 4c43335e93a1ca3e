import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthesizeStacks, writeValue } from './synthesized-stacks.ts';

const { receivingTemplate: template } = synthesizeStacks();

const listDomains = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    domain: `team-${index}.example.com`,
    catchAll: true,
  }));

describe('the receipt rules', () => {
  it('stand in a rule set with a fixed name', () => {
    template.hasResourceProperties('AWS::SES::ReceiptRuleSet', { RuleSetName: 'postroom-test' });
  });

  it('take mail of all domains over TLS, scanned, into the bucket, and tell the topic', () => {
    const rules = Object.values(template.findResources('AWS::SES::ReceiptRule'));
    expect(rules.map(({ Properties }) => writeValue(Properties))).toEqual([
      {
        RuleSetName: expect.stringMatching(/^<ReceiptRulesRuleSet\w+>$/) as string,
        Rule: {
          Name: 'postroom-test-1',
          Enabled: true,
          Recipients: ['example.com', 'example.net'],
          ScanEnabled: true,
          TlsPolicy: 'Require',
          Actions: [
            {
              // No KmsKeyArn: that would be encryption at the side of SES, which nothing here undoes.
              S3Action: {
                BucketName: 'postroom-test-mail-<AWS::AccountId>-<AWS::Region>',
                ObjectKeyPrefix: 'raw/ses/1/',
                TopicArn:
                  'arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:postroom-test-arrivals',
              },
            },
          ],
        },
      },
    ]);
  });

  it('are one for 500 domains', () => {
    const { receivingTemplate } = synthesizeStacks({ receiving: { domains: listDomains(500) } });
    receivingTemplate.resourceCountIs('AWS::SES::ReceiptRule', 1);
  });

  it('are two for 501 domains, the second made after the first', () => {
    const { receivingTemplate } = synthesizeStacks({ receiving: { domains: listDomains(501) } });
    receivingTemplate.resourceCountIs('AWS::SES::ReceiptRule', 2);
    receivingTemplate.hasResourceProperties('AWS::SES::ReceiptRule', {
      After: { Ref: Match.stringLikeRegexp('^ReceiptRulespostroomtest1') },
      Rule: { Name: 'postroom-test-2', Recipients: ['team-500.example.com'] },
    });
  });
});

describe('the activation of the rule set', () => {
  it('names the rule set, asks our function directly and does not wait for an hour', () => {
    template.hasResourceProperties('Custom::ActiveReceiptRuleSet', {
      RuleSetName: 'postroom-test',
      ServiceToken: { 'Fn::GetAtt': ['ActivateRuleSet', 'Arn'] },
      ServiceTimeout: '300',
    });
  });

  it('comes after the rule set and every rule, so that on destroy it goes before them', () => {
    const { receivingTemplate } = synthesizeStacks({ receiving: { domains: listDomains(1001) } });
    const [activation] = Object.values(
      receivingTemplate.findResources('Custom::ActiveReceiptRuleSet'),
    );
    const needed = [
      ...Object.keys(receivingTemplate.findResources('AWS::SES::ReceiptRuleSet')),
      ...Object.keys(receivingTemplate.findResources('AWS::SES::ReceiptRule')),
    ];
    expect(needed).toHaveLength(4);
    expect(activation?.['DependsOn']).toEqual(expect.arrayContaining(needed));
  });

  it('has a function that may call SES for as long as its role exists', () => {
    template.hasResource('AWS::Lambda::Function', {
      Properties: { Runtime: 'nodejs24.x', Timeout: 240 },
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp('^ActivationActivateRuleSetRoleDefaultPolicy'),
      ]),
    });
  });
});

describe('what the end of a deployment says', () => {
  const readOutputs = (from = template) =>
    Object.fromEntries(
      Object.entries(from.findOutputs('*')).map(([name, { Value }]) => [name, writeValue(Value)]),
    );

  it('is what remains to be done, in order', () => {
    expect(readOutputs()).toEqual({
      NextStep1Verify:
        'Prove to SES that each domain is yours, then set the DNS records it gives: aws sesv2 create-email-identity --region <AWS::Region> --email-identity example.com (domains: example.com, example.net)',
      NextStep2Mx:
        'Set the MX record of each domain: 10 inbound-smtp.<AWS::Region>.amazonaws.com (domains: example.com, example.net)',
      NextStep3Sandbox:
        'Mail comes in while the account is in the SES sandbox; to send to addresses that are not verified, ask to leave it: SES console, Account dashboard, Request production access',
      NextStep4Try: 'npx postroom doctor --env test && npx postroom test-mail --env test',
    });
  });

  it('fits an output also with a thousand domains', () => {
    const { receivingTemplate } = synthesizeStacks({ receiving: { domains: listDomains(1000) } });
    const outputs = readOutputs(receivingTemplate);
    expect(outputs['NextStep2Mx']).toMatch(
      /team-0\.example\.com, .* and 971 more in postroom\.config\.ts\)$/,
    );
    for (const value of Object.values(outputs)) expect(String(value).length).toBeLessThan(1024);
  });
});

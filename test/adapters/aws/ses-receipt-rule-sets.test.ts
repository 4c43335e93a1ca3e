import { describe, expect, it } from 'vitest';
import { createSesReceiptRuleSets } from '../../../adapters/aws/ses-receipt-rule-sets.ts';
import { startLocalServer } from '../../support/local-server.ts';

interface ScriptedAnswer {
  readonly status: number;
  readonly body: string;
}

const THROTTLED: ScriptedAnswer = {
  status: 400,
  body: '<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>1</RequestId></ErrorResponse>',
};
const MISSING: ScriptedAnswer = {
  status: 400,
  body: '<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>RuleSetDoesNotExist</Code><Message>Rule set does not exist</Message></Error><RequestId>1</RequestId></ErrorResponse>',
};
const answer = (action: string, result: string): ScriptedAnswer => ({
  status: 200,
  body: `<${action}Response xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`,
});

/** Plays SES: answers in the order of the script and keeps the forms that were sent. */
async function connectScriptedSes(script: readonly ScriptedAnswer[]) {
  const forms: Record<string, string>[] = [];
  const endpoint = await startLocalServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      const next = script[forms.length];
      const { Version: _, ...form } = Object.fromEntries(new URLSearchParams(body));
      forms.push(form);
      response.statusCode = next?.status ?? 500;
      response.setHeader('content-type', 'text/xml');
      response.end(next?.body);
    });
  });
  const ruleSets = createSesReceiptRuleSets({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  });
  return { ruleSets, forms };
}

describe('the rule sets of an account', () => {
  it('are asked again when SES says that it is asked too often', async () => {
    const { ruleSets, forms } = await connectScriptedSes([
      THROTTLED,
      THROTTLED,
      answer('DescribeActiveReceiptRuleSet', '<Metadata><Name>newsletter-inbox</Name></Metadata>'),
    ]);
    expect(await ruleSets.readActiveRuleSet()).toBe('newsletter-inbox');
    expect(forms).toHaveLength(3);
  });

  it('have no active one when SES names none', async () => {
    const { ruleSets } = await connectScriptedSes([answer('DescribeActiveReceiptRuleSet', '')]);
    expect(await ruleSets.readActiveRuleSet()).toBeUndefined();
  });

  it('get an active one by its name', async () => {
    const { ruleSets, forms } = await connectScriptedSes([answer('SetActiveReceiptRuleSet', '')]);
    await ruleSets.activateRuleSet('postroom-test');
    expect(forms).toEqual([{ Action: 'SetActiveReceiptRuleSet', RuleSetName: 'postroom-test' }]);
  });

  it('are left without an active one by no name at all', async () => {
    const { ruleSets, forms } = await connectScriptedSes([answer('SetActiveReceiptRuleSet', '')]);
    await ruleSets.activateRuleSet(undefined);
    expect(forms).toEqual([{ Action: 'SetActiveReceiptRuleSet' }]);
  });

  it('fail with the name of the error when a rule set is missing', async () => {
    const { ruleSets, forms } = await connectScriptedSes([MISSING]);
    await expect(ruleSets.activateRuleSet('postroom-test')).rejects.toThrow(
      'ses:SetActiveReceiptRuleSet answered RuleSetDoesNotExist',
    );
    expect(forms).toHaveLength(1);
  });
});

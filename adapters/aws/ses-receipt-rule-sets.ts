import {
  DescribeActiveReceiptRuleSetCommand,
  SESClient,
  type SESClientConfig,
  SetActiveReceiptRuleSetCommand,
} from '@aws-sdk/client-ses';
import { type ReceiptRuleSets } from '../../mail/ports/ports.ts';
import { callAws } from './call-aws.ts';

/**
 * LIMIT: SES takes one such request a second from the whole account. Ten attempts with the SDK's
 * doubling delays outlast a minute of others' requests.
 */
const MAX_ATTEMPTS = 10;

/**
 * The rule sets of the account and region that the settings name. Rule sets exist in the first
 * version of the SES API only.
 */
export function createSesReceiptRuleSets(settings: SESClientConfig = {}): ReceiptRuleSets {
  const ses = new SESClient({ maxAttempts: MAX_ATTEMPTS, retryMode: 'standard', ...settings });
  return {
    async readActiveRuleSet() {
      const { Metadata } = await callAws('ses:DescribeActiveReceiptRuleSet', () =>
        ses.send(new DescribeActiveReceiptRuleSetCommand({})),
      );
      return Metadata?.Name;
    },
    async activateRuleSet(name) {
      await callAws('ses:SetActiveReceiptRuleSet', () =>
        ses.send(
          new SetActiveReceiptRuleSetCommand(name === undefined ? {} : { RuleSetName: name }),
        ),
      );
    },
  };
}

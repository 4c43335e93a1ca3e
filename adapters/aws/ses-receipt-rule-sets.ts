import {
  DescribeActiveReceiptRuleSetCommand,
  SESClient,
  type SESClientConfig,
  SetActiveReceiptRuleSetCommand,
} from '@aws-sdk/client-ses';
import type { ReceiptRuleSets } from '../../mail/ports/ports.ts';
import { callAws } from './call-aws.ts';

/**
 * LIMIT: SES takes one such request a second from the whole account. Eight attempts wait up to 52
 * seconds between them and 5 for each answer: two calls end within the function's four minutes.
 */
const PATIENCE = {
  maxAttempts: 8,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 3000,
    requestTimeout: 5000,
    // Without this the timeout is only a warning.
    throwOnRequestTimeout: true,
  },
};

/**
 * The rule sets of the account and region that the settings name. Rule sets exist in the first
 * version of the SES API only.
 */
export function createSesReceiptRuleSets(settings: SESClientConfig = {}): ReceiptRuleSets {
  const ses = new SESClient({ ...PATIENCE, ...settings });
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

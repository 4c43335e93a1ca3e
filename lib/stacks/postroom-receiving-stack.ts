import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { addNextSteps } from '../constructs/next-steps.ts';
import { ReceiptRules } from '../constructs/receipt-rules.ts';
import { RuleSetActivation } from '../constructs/rule-set-activation.ts';
import type { PostroomStackProps } from './postroom-stack.ts';

/** What Amazon SES does for us: the rule set, its rules, and that it is the active one. */
export class PostroomReceivingStack extends Stack {
  constructor(scope: Construct, id: string, props: PostroomStackProps) {
    const { configuration, architecture, ...stackProps } = props;
    super(scope, id, {
      description: 'Postroom: what Amazon SES does with mail for our domains',
      ...stackProps,
    });
    const receiptRules = new ReceiptRules(this, 'ReceiptRules', { configuration });
    new RuleSetActivation(this, 'Activation', { configuration, architecture, receiptRules });
    addNextSteps(this, configuration);
  }
}

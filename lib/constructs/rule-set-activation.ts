import { CustomResource, Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { NodeFunction } from './node-function.ts';
import type { ReceiptRules } from './receipt-rules.ts';

/** The retries of both requests to SES and of the answer end within it, or none would be given. */
const FUNCTION_TIMEOUT = Duration.minutes(4);
/** Without it CloudFormation waits an hour for a function that never answered. */
const SERVICE_TIMEOUT = Duration.minutes(5);
/** The function waits for SES; more memory would only wait faster. */
const MEMORY_MEGABYTES = 256;

/** What {@link RuleSetActivation} is made from. */
export interface RuleSetActivationProps {
  readonly configuration: Configuration;
  readonly architecture: Architecture;
  readonly receiptRules: ReceiptRules;
}

/**
 * Makes our rule set the account's active one, and leaves none active when the stack goes.
 *
 * CloudFormation has no resource for it. Created after the last rule, so that no mail is refused by
 * a rule set half made; deleted before the first, since SES does not delete an active rule set.
 */
export class RuleSetActivation extends Construct {
  constructor(scope: Construct, id: string, props: RuleSetActivationProps) {
    super(scope, id);
    const { configuration, architecture, receiptRules } = props;
    const { function: activate, role } = new NodeFunction(this, 'ActivateRuleSet', {
      lambda: 'activate-rule-set',
      logicalId: 'ActivateRuleSet',
      description: 'Makes our SES rule set the active one during a deployment',
      configuration,
      architecture,
      timeout: FUNCTION_TIMEOUT,
      memoryMegabytes: MEMORY_MEGABYTES,
      statements: [
        new PolicyStatement({
          actions: ['ses:DescribeActiveReceiptRuleSet', 'ses:SetActiveReceiptRuleSet'],
          resources: ['*'],
        }),
      ],
    });
    const activation = new CustomResource(this, 'ActiveRuleSet', {
      resourceType: 'Custom::ActiveReceiptRuleSet',
      serviceToken: activate.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: { RuleSetName: receiptRules.ruleSetName },
    });
    activation.node.addDependency(receiptRules);
    Validations.of(activate).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason:
        'CloudFormation waits for its answer: a request that is lost fails the deployment, and a later one would do harm.',
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'SES knows no resource for these two actions: the active rule set is a setting of the account.',
    });
  }
}

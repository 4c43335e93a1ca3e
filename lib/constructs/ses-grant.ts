import { Aws } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ruleSetName } from '../../mail/configuration/resource-names.ts';

/** What SES may do to a resource of ours. */
export interface SesGrant {
  readonly environment: string;
  readonly action: string;
  readonly resource: string;
}

/**
 * Lets the receipt rules of our rule set, and nothing else of SES, use a resource.
 *
 * SECURITY: without `aws:SourceAccount` and `aws:SourceArn` anyone's rule set could have SES write
 * here in its name (the confused deputy).
 */
export function createSesGrant({ environment, action, resource }: SesGrant): PolicyStatement {
  const ruleSet = `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:receipt-rule-set/${ruleSetName(environment)}`;
  return new PolicyStatement({
    sid: 'AllowOurReceiptRules',
    effect: Effect.ALLOW,
    principals: [new ServicePrincipal('ses.amazonaws.com')],
    actions: [action],
    resources: [resource],
    conditions: {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': `${ruleSet}:receipt-rule/*` },
    },
  });
}

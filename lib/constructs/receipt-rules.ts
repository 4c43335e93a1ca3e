import { Aws } from 'aws-cdk-lib';
import { CfnReceiptRule, CfnReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import {
  arrivalsTopicName,
  mailBucketName,
  planReceiptRules,
  ruleSetName,
} from '../../mail/configuration/resource-names.ts';

/** What {@link ReceiptRules} is made from. */
export interface ReceiptRulesProps {
  readonly configuration: Configuration;
}

/** The rule set and its rules. It takes no mail until it is the account's active one. */
export class ReceiptRules extends Construct {
  /** The rule set's fixed name. */
  readonly ruleSetName: string;

  constructor(scope: Construct, id: string, { configuration }: ReceiptRulesProps) {
    super(scope, id);
    const { environment } = configuration;
    this.ruleSetName = ruleSetName(environment);
    const ruleSet = new CfnReceiptRuleSet(this, 'RuleSet', { ruleSetName: this.ruleSetName });
    const topicArn = `arn:${Aws.PARTITION}:sns:${Aws.REGION}:${Aws.ACCOUNT_ID}:${arrivalsTopicName(environment)}`;
    let previous: CfnReceiptRule | undefined;
    for (const { name, domains, objectKeyPrefix } of planReceiptRules(configuration)) {
      previous = new CfnReceiptRule(this, name, {
        ruleSetName: ruleSet.ref,
        // One after the other: SES takes one such request a second.
        after: previous?.ref,
        rule: {
          name,
          enabled: true,
          recipients: [...domains],
          // SES scans nothing unless it is asked to.
          scanEnabled: true,
          tlsPolicy: 'Require',
          actions: [
            {
              // No kmsKeyArn: with it SES encrypts at its side, and nothing here could read the mail.
              s3Action: {
                bucketName: mailBucketName(environment, Aws.ACCOUNT_ID, Aws.REGION),
                objectKeyPrefix,
                topicArn,
              },
            },
          ],
        },
      });
    }
  }
}

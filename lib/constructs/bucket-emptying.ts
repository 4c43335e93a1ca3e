import { type CfnResource, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { LOG_RETENTION, planRemoval } from './retention.ts';

/** The id under which CDK puts the function that empties buckets into a stack. */
const PROVIDER_ID = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

/**
 * Holds the function behind `autoDeleteObjects` to what ours are held to: its log goes with the
 * stack, and its role may write that log and nothing more. CDK gives it a managed policy and a log
 * group that nothing ever deletes. What it does to the bucket, the bucket's policy allows.
 */
export function confineBucketEmptying(bucket: Bucket, configuration: Configuration): void {
  const provider = Stack.of(bucket).node.findChild(PROVIDER_ID);
  // CDK makes both as plain resources under these ids; a test notices when it no longer does.
  const handler = provider.node.findChild('Handler') as CfnResource;
  const role = provider.node.findChild('Role') as CfnResource;
  const logGroup = new LogGroup(provider, 'Log', {
    retention: LOG_RETENTION[configuration.retention.logDays],
    removalPolicy: planRemoval(configuration),
  });
  handler.addPropertyOverride('LoggingConfig', { LogGroup: logGroup.logGroupName });
  role.addPropertyDeletionOverride('ManagedPolicyArns');
  const writeLog = new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
  role.addPropertyOverride('Policies', [
    {
      PolicyName: 'write-log',
      PolicyDocument: new PolicyDocument({ statements: [writeLog] }),
    },
  ]);
}

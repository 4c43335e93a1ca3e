import { CfnResource, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { LOG_RETENTION, planRemoval } from './retention.ts';

/** The id under which CDK puts the function that empties buckets into a stack. */
const PROVIDER_ID = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

/** @throws {TypeError} When CDK no longer makes it so. */
function findProviderResource(stack: Stack, id: string): CfnResource {
  const resource = stack.node.tryFindChild(PROVIDER_ID)?.node.tryFindChild(id);
  if (!CfnResource.isCfnResource(resource)) {
    throw new TypeError(`aws-cdk-lib makes no ${PROVIDER_ID}/${id} any more`);
  }
  return resource;
}

/**
 * Holds the function behind `autoDeleteObjects` to what ours are held to: its log goes with the
 * stack, and its role may write that log and nothing more. CDK gives it a managed policy and a log
 * group that nothing ever deletes. What it does to the bucket, the bucket's policy allows.
 */
export function confineBucketEmptying(bucket: Bucket, configuration: Configuration): void {
  const stack = Stack.of(bucket);
  const handler = findProviderResource(stack, 'Handler');
  const role = findProviderResource(stack, 'Role');
  const logGroup = new LogGroup(stack, 'MailBucketEmptyingLog', {
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

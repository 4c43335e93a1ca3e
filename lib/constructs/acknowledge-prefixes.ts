import { Stack, Validations } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';

/** cdk-nag wants each resource with a `*` in it by itself, so that another one is still found. */
export function acknowledgePrefixes(role: Role, bucket: Bucket, prefixes: readonly string[]): void {
  // The logical id is known when the template is made; the construct's default child is its resource.
  const resource = bucket.node.defaultChild as CfnBucket;
  const bucketId = Stack.of(bucket).getLogicalId(resource);
  for (const prefix of prefixes) {
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/${prefix}*]`,
      reason: 'Objects are named by what they hold: the prefix of its own part is the narrowest.',
    });
  }
}

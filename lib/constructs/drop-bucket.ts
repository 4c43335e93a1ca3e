import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { QUEUE_RETENTION_DAYS } from '../../mail/configuration/limits.ts';
import { dropBucketName } from '../../mail/configuration/resource-names.ts';
import { planRemoval } from './retention.ts';

/** LIMIT: an event of S3 may wait as long as a queue keeps it, and its object with it. */
const KEPT = Duration.days(QUEUE_RETENTION_DAYS + 1);

/**
 * Makes the bucket that raw mail is dropped into. What is let in is copied to the mail bucket, so
 * everything here goes after 15 days.
 *
 * Versioned: two mails dropped under one key are two mails, also when the second comes before the
 * first was read.
 */
export function createDropBucket(scope: Construct, configuration: Configuration): Bucket {
  const removalPolicy = planRemoval(configuration);
  const bucket = new Bucket(scope, 'DropBucket', {
    bucketName: dropBucketName(configuration.environment, Aws.ACCOUNT_ID, Aws.REGION),
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    removalPolicy,
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    lifecycleRules: [
      { id: 'forget-drops', expiration: KEPT, noncurrentVersionExpiration: KEPT },
      {
        id: 'clean-up',
        expiredObjectDeleteMarker: true,
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Access logs need another bucket that names every mail; who drops is seen by CloudTrail data events where a team wants it.',
  });
  return bucket;
}

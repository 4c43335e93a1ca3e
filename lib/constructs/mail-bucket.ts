import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import {
  CLAIM_PREFIX,
  mailBucketName,
  RAW_PREFIX,
  SES_RAW_PREFIX,
} from '../../mail/configuration/resource-names.ts';
import { confineBucketEmptying } from './bucket-emptying.ts';
import { planRemoval } from './retention.ts';
import { createSesGrant } from './ses-grant.ts';

/**
 * Makes the bucket that keeps raw mail and large events.
 *
 * Not versioned: nothing here is ever written twice with other bytes, and a version left behind
 * would keep mail alive that was to be forgotten.
 */
export function createMailBucket(scope: Construct, configuration: Configuration): Bucket {
  const { environment, retention } = configuration;
  const removalPolicy = planRemoval(configuration);
  const isEmptiedWhenDestroyed = removalPolicy === RemovalPolicy.DESTROY;
  const bucket = new Bucket(scope, 'MailBucket', {
    bucketName: mailBucketName(environment, Aws.ACCOUNT_ID, Aws.REGION),
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy,
    // CloudFormation cannot delete a bucket with mail in it.
    autoDeleteObjects: isEmptiedWhenDestroyed,
    lifecycleRules: [
      {
        id: 'forget-raw-mail',
        prefix: RAW_PREFIX,
        expiration: Duration.days(retention.rawDays),
      },
      {
        id: 'forget-large-events',
        prefix: CLAIM_PREFIX,
        expiration: Duration.days(retention.rawDays),
      },
      { id: 'abort-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
  if (isEmptiedWhenDestroyed) confineBucketEmptying(bucket, configuration);
  bucket.addToResourcePolicy(
    createSesGrant({
      environment,
      action: 's3:PutObject',
      resource: bucket.arnForObjects(`${SES_RAW_PREFIX}*`),
    }),
  );
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Access logs need a second bucket that names every mail; who reads is seen by CloudTrail data events where a team wants it.',
  });
  return bucket;
}

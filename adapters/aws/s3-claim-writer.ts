import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { claimKey } from '../../mail/configuration/resource-names.ts';
import type { ClaimWriter } from '../../mail/ports/ports.ts';
import { callAws } from './call-aws.ts';

/** Keeps events in the mail bucket under `events/`. */
export const createS3ClaimWriter = (s3: S3Client, bucket: string): ClaimWriter => ({
  async writeClaim(eventId, json) {
    const key = claimKey(eventId);
    await callAws('S3', () =>
      s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: json,
          ContentType: 'application/json',
        }),
      ),
    );
    return { bucket, key };
  },
});

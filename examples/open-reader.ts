import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { FailedMessage, MailEventReader } from '../consumer/read-mail-events.ts';

const variablesSchema = z.object({
  QUEUE_URL: z.url(),
  MAIL_BUCKET: z.string().min(1),
  /** Where the example writes. */
  FOLDER: z.string().min(1),
  /** Set where an emulator stands for AWS: it knows buckets by path. */
  AWS_ENDPOINT_URL: z.url().optional(),
});

/** What an example reads, and the folder that it writes to. */
export interface OpenReader {
  readonly reader: Omit<MailEventReader, 'handleEvent'>;
  readonly folder: string;
}

/** One line a failure; what the mail says is not in it. */
function tellFailure({ messageId, receives, error }: FailedMessage): void {
  const { name, code } = z
    .object({ name: z.string(), code: z.string().optional() })
    .catch({ name: 'Error' })
    .parse(error);
  process.stderr.write(`${JSON.stringify({ messageId, receives, name, code })}\n`);
}

/**
 * Opens the queue that `QUEUE_URL` names, to be read until it is empty.
 *
 * @throws {z.ZodError} When a variable is missing.
 */
export function openReader(variables: Readonly<Record<string, string | undefined>>): OpenReader {
  const read = variablesSchema.parse(variables);
  return {
    folder: read.FOLDER,
    reader: {
      sqs: new SQSClient(),
      s3: new S3Client({ forcePathStyle: read.AWS_ENDPOINT_URL !== undefined }),
      queueUrl: read.QUEUE_URL,
      mailBucket: read.MAIL_BUCKET,
      until: 'empty',
      onFailure: tellFailure,
    },
  };
}

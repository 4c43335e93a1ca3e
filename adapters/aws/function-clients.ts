import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createDeadlineHttpHandler } from './deadline-http-handler.ts';
import type { InvocationDeadline } from './invocation-deadline.ts';

/** The AWS clients of a function. */
export interface FunctionClients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
}

/** LIMIT: one try and one more; after that the record goes back to its queue, which waits longer. */
const MAX_ATTEMPTS = 2;

/**
 * Creates the AWS clients of a function. A service that does not answer fails within 11 s, and every
 * request ends with its invocation.
 *
 * @param options.isPathStyle Whether the endpoint knows a bucket by the path, not by its host name.
 */
export function createFunctionClients(
  deadline: InvocationDeadline,
  { isPathStyle }: { readonly isPathStyle: boolean },
): FunctionClients {
  const settings = {
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: createDeadlineHttpHandler(deadline),
  };
  return {
    s3: new S3Client({ ...settings, forcePathStyle: isPathStyle }),
    // The endpoint decides where a request goes, not the queue's URL: so a URL made from the
    // function's own account and region serves in the cloud, in a container and in tests alike.
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    dynamodb: new DynamoDBClient(settings),
  };
}

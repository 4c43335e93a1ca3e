import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SESClient } from '@aws-sdk/client-ses';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type LocalAwsEndpoint, REGION } from '../support/local-aws/local-aws-endpoint.ts';

/** Clients of everything that the stacks deploy, for looking at it from outside. */
export type EndpointClients = ReturnType<typeof createEndpointClients>;

/** Makes the clients of an endpoint. */
export function createEndpointClients({ url }: LocalAwsEndpoint) {
  const settings = {
    endpoint: url,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  return {
    cloudFormation: new CloudFormationClient(settings),
    lambda: new LambdaClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    ses: new SESClient(settings),
    sns: new SNSClient(settings),
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
  };
}

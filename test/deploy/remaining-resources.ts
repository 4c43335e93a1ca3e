import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListReceiptRuleSetsCommand } from '@aws-sdk/client-ses';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { EndpointClients } from './endpoint-clients.ts';

const isOurs = (name: string): boolean => name.includes('postroom');

/** The names of everything of ours that stands at the endpoint, whichever stack it belongs to. */
export async function listRemainingResources(clients: EndpointClients): Promise<readonly string[]> {
  const [stacks, functions, buckets, ruleSets, topics, queues] = await Promise.all([
    clients.cloudFormation.send(new ListStacksCommand({})),
    clients.lambda.send(new ListFunctionsCommand({})),
    clients.s3.send(new ListBucketsCommand({})),
    clients.ses.send(new ListReceiptRuleSetsCommand({})),
    clients.sns.send(new ListTopicsCommand({})),
    clients.sqs.send(new ListQueuesCommand({})),
  ]);
  const names = [
    ...(stacks.StackSummaries ?? [])
      .filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')
      .map(({ StackName }) => StackName),
    ...(functions.Functions ?? []).map(({ FunctionName }) => FunctionName),
    ...(buckets.Buckets ?? []).map(({ Name }) => Name),
    ...(ruleSets.RuleSets ?? []).map(({ Name }) => Name),
    ...(topics.Topics ?? []).map(({ TopicArn }) => TopicArn),
    ...(queues.QueueUrls ?? []),
  ];
  return names.filter((name) => name !== undefined).filter(isOurs);
}

import { Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Records in one invocation: one log line, one start and one metric record serve them all. */
const BATCH_SIZE = 10;

/** Which function reads which queue. */
export interface QueueReaderProps {
  readonly queue: IQueue;
  readonly target: IFunction;
  /** Invocations at once, 2 at the least. */
  readonly maxConcurrency: number;
  /** Records in one invocation. @default 10 */
  readonly batchSize?: number;
}

/** Lets a function read a queue in batches, from which a record that fails is returned alone. */
export function addQueueReader(
  scope: Construct,
  id: string,
  { queue, target, maxConcurrency, batchSize = BATCH_SIZE }: QueueReaderProps,
): void {
  const source = new EventSourceMapping(scope, id, {
    target,
    eventSourceArn: queue.queueArn,
    batchSize,
    reportBatchItemFailures: true,
    // Not reserved concurrency: a new account's quota may refuse any.
    maxConcurrency,
  });
  Validations.of(source).acknowledge({
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason: 'A queue as source takes no such destination: its dead-letter queue is the place.',
  });
  Validations.of(target).acknowledge({
    id: 'Serverless-LambdaDLQ',
    reason: 'It is never invoked asynchronously: what it cannot do goes back to its queue.',
  });
}

/** What every function may do with the queues that it reads. */
export const createReaderStatement = (...queues: readonly IQueue[]): PolicyStatement =>
  new PolicyStatement({
    actions: [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ],
    resources: queues.map(({ queueArn }) => queueArn),
  });

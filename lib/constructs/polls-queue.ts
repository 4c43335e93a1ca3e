import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import {
  planPollsRetention,
  POLLS_QUEUE,
  POLLS_VISIBILITY_SECONDS,
} from '../../mail/configuration/polls-queue.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';

const NO_DEAD_LETTERS =
  'A wake-up holds nothing that could be lost: the next one comes within the interval, and a mailbox that none reaches is told of as stale.';

/** Makes the queue of wake-ups. It holds no mail, so it always goes with its stack. */
export function createPollsQueue(
  scope: Construct,
  { environment, mailboxes }: Configuration,
): Queue {
  const queue = new Queue(scope, 'Polls', {
    queueName: queueNames(environment, POLLS_QUEUE).name,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    visibilityTimeout: Duration.seconds(POLLS_VISIBILITY_SECONDS),
    retentionPeriod: Duration.seconds(planPollsRetention(mailboxes)),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  for (const id of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy']) {
    Validations.of(queue).acknowledge({ id, reason: NO_DEAD_LETTERS });
  }
  return queue;
}

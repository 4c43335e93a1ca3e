import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import {
  ARRIVALS_QUEUE,
  ARRIVALS_TOPIC_QUEUE,
  OWN_QUEUES,
} from '../../mail/configuration/own-queues.ts';
import { arrivalsTopicName, queueNames } from '../../mail/configuration/resource-names.ts';
import { createDeadLetterQueue, QueueWithDeadLetters } from './queue-with-dead-letters.ts';
import { planRemoval } from './retention.ts';
import { createSesGrant } from './ses-grant.ts';

/** What {@link Arrivals} is made from. */
export interface ArrivalsProps {
  readonly configuration: Configuration;
}

/**
 * Where SES says that a mail came in: a topic, and the queue that parse-mail reads.
 *
 * Two dead-letter queues: one for mail that could not be read, one for notifications that SNS could
 * not put into the queue.
 */
export class Arrivals extends Construct {
  readonly topic: Topic;
  readonly queue: IQueue;
  /** What parse-mail could not even quarantine. */
  readonly deadLetterQueue: IQueue;
  /** What SNS could not put into the queue. */
  readonly undeliveredQueue: IQueue;

  constructor(scope: Construct, id: string, { configuration }: ArrivalsProps) {
    super(scope, id);
    const { environment } = configuration;
    const removalPolicy = planRemoval(configuration);
    this.topic = createArrivalsTopic(this, environment);
    const { queue, deadLetterQueue } = new QueueWithDeadLetters(this, 'Arrivals', {
      environment,
      queue: ARRIVALS_QUEUE,
      settings: OWN_QUEUES.arrivals,
      deadLetterReader: 'function',
      removalPolicy,
    });
    this.queue = queue;
    this.deadLetterQueue = deadLetterQueue;
    const undelivered = createDeadLetterQueue(this, 'Undelivered', {
      queueName: queueNames(environment, ARRIVALS_TOPIC_QUEUE).deadLetterName,
      isFifo: false,
      removalPolicy,
      reader: 'function',
    });
    this.undeliveredQueue = undelivered;
    Validations.of(undelivered).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue of an SNS subscription, which cdk-nag does not see.',
    });
    for (const target of [queue, undelivered]) {
      target.addToResourcePolicy(createTopicGrant(this.topic, target));
    }
    const subscription = new CfnSubscription(this, 'Subscription', {
      topicArn: this.topic.topicArn,
      protocol: 'sqs',
      endpoint: queue.queueArn,
      rawMessageDelivery: true,
      redrivePolicy: { deadLetterTargetArn: undelivered.queueArn },
    });
    // SNS drops what it may not deliver: the queues' policies must be there first.
    subscription.node.addDependency(queue, undelivered);
  }
}

function createArrivalsTopic(scope: Construct, environment: string): Topic {
  const topic = new Topic(scope, 'Topic', {
    topicName: arrivalsTopicName(environment),
    enforceSSL: true,
  });
  // A policy of ours replaces the default one, which lets SES of the same account publish.
  topic.addToResourcePolicy(
    createSesGrant({ environment, action: 'sns:Publish', resource: topic.topicArn }),
  );
  Validations.of(topic).acknowledge({
    id: 'AwsSolutions-SNS2',
    reason:
      'SES cannot publish to a topic under the AWS-managed key; a notification is in it for milliseconds, over TLS (docs/decisions/0002-encryption.md).',
  });
  return topic;
}

/** SECURITY: names the topic and the account, or any topic of anyone could write here through SNS. */
const createTopicGrant = (topic: Topic, queue: IQueue): PolicyStatement =>
  new PolicyStatement({
    sid: 'AllowOurTopic',
    principals: [new ServicePrincipal('sns.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnEquals: { 'aws:SourceArn': topic.topicArn },
    },
  });

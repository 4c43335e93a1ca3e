import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { QueueConfiguration } from '../../mail/configuration/configuration-schema.ts';
import { DEAD_LETTERS_VISIBILITY_SECONDS } from '../../mail/configuration/dead-letter-queues.ts';
import { QUEUE_RETENTION_DAYS } from '../../mail/configuration/limits.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';

/** A queue and the queue of what its readers could not handle. */
export interface QueueWithDeadLettersProps {
  readonly environment: string;
  /** The queue's name in the configuration, or one of Postroom's own. */
  readonly queue: string;
  readonly settings: QueueConfiguration;
  readonly removalPolicy: RemovalPolicy;
  /** Seconds until a message can be received. @default 0 */
  readonly delaySeconds?: number;
  /** Who takes what is dead. @default people */
  readonly deadLetterReader?: DeadLetterReader;
}

/** Who takes what is in a dead-letter queue: a person who decides, or hold-dead-letters. */
export type DeadLetterReader = 'people' | 'function';

/** Why a dead-letter queue has none of its own. */
const LAST_PLACE: Readonly<Record<DeadLetterReader, string>> = {
  people: 'It is a dead-letter queue: nothing takes from it but a person who decides.',
  function:
    'It is a dead-letter queue: hold-dead-letters takes from it, and what it cannot hold stays and comes back.',
};

/** What tells one queue from another. */
export interface KeptQueueProps {
  readonly queueName: string;
  readonly isFifo: boolean;
  readonly removalPolicy: RemovalPolicy;
}

/** What every queue of ours has: TLS only, encrypted, and 14 days to be read. */
const keptQueueProps = ({ queueName, isFifo, removalPolicy }: KeptQueueProps): QueueProps => ({
  queueName,
  // CDK refuses `fifo: false`: absent is what makes a queue a standard one.
  ...(isFifo && { fifo: true, contentBasedDeduplication: false }),
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  // LIMIT: on standard queues the age in the dead-letter queue counts from the first send.
  retentionPeriod: Duration.days(QUEUE_RETENTION_DAYS),
  removalPolicy,
});

/** Creates a queue for what could not be handled. It is the last place, so it has no such queue itself. */
export function createDeadLetterQueue(
  scope: Construct,
  id: string,
  { reader, ...props }: KeptQueueProps & { readonly reader: DeadLetterReader },
): Queue {
  const queue = new Queue(scope, id, {
    ...keptQueueProps(props),
    ...(reader === 'function' && {
      visibilityTimeout: Duration.seconds(DEAD_LETTERS_VISIBILITY_SECONDS),
    }),
  });
  Validations.of(queue).acknowledge({
    id: 'Serverless-SQSRedrivePolicy',
    reason: LAST_PLACE[reader],
  });
  return queue;
}

/** A queue under its fixed name, with its dead-letter queue. */
export class QueueWithDeadLetters extends Construct {
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;

  constructor(scope: Construct, id: string, props: QueueWithDeadLettersProps) {
    super(scope, id);
    const { environment, queue, settings, removalPolicy, delaySeconds = 0 } = props;
    const { deadLetterReader: reader = 'people' } = props;
    const { name, deadLetterName } = queueNames(environment, queue, settings.type);
    const isFifo = settings.type === 'fifo';
    this.deadLetterQueue = createDeadLetterQueue(this, 'DeadLetters', {
      queueName: deadLetterName,
      isFifo,
      removalPolicy,
      reader,
    });
    this.queue = new Queue(this, 'Queue', {
      ...keptQueueProps({ queueName: name, isFifo, removalPolicy }),
      ...(delaySeconds > 0 && { deliveryDelay: Duration.seconds(delaySeconds) }),
      visibilityTimeout: Duration.seconds(settings.visibilityTimeoutSeconds),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: settings.maxReceives },
    });
  }
}

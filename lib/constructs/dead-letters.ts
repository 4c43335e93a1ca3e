import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  DEAD_LETTERS_TIMEOUT_SECONDS,
  DEAD_LETTER_SOURCES,
  type DeadLetterSource,
} from '../../mail/configuration/dead-letter-queues.ts';
import { createMailFunction, type MailRoomProps } from './mail-function.ts';
import { addQueueReader, createReaderStatement } from './queue-reader.ts';

/** It writes rows and reads no mail. */
const MEMORY_MEGABYTES = 256;

/** LIMIT: the least that an event source takes. Nobody waits for a dead letter. */
const MAX_CONCURRENCY = 2;

/** What {@link DeadLetters} is made from. */
export interface DeadLettersProps extends MailRoomProps {
  /** The dead-letter queues, by the queue that each belongs to. */
  readonly queues: Readonly<Record<DeadLetterSource, IQueue>>;
  /** The queue that is told of mail in quarantine. */
  readonly quarantineQueue: IQueue;
}

/**
 * Reads our own dead-letter queues: what is in one is quarantined, or brought to where it should
 * have been (docs/decisions/0015-dead-letters-are-read.md).
 */
export class DeadLetters extends Construct {
  constructor(scope: Construct, id: string, props: DeadLettersProps) {
    super(scope, id);
    const { function: holdDeadLetters } = createMailFunction(this, 'HoldDeadLetters', props, {
      lambda: 'hold-dead-letters',
      description: 'Puts what ended in a dead-letter queue into quarantine',
      timeoutSeconds: DEAD_LETTERS_TIMEOUT_SECONDS,
      memoryMegabytes: MEMORY_MEGABYTES,
      statements: createStatements(props),
    });
    for (const source of DEAD_LETTER_SOURCES) {
      addQueueReader(this, `Dead-${source}`, {
        queue: props.queues[source],
        target: holdDeadLetters,
        maxConcurrency: MAX_CONCURRENCY,
      });
    }
  }
}

const createStatements = ({
  queues,
  quarantineQueue,
  arrivals,
  ledger,
}: DeadLettersProps): readonly PolicyStatement[] => [
  createReaderStatement(...DEAD_LETTER_SOURCES.map((source) => queues[source])),
  new PolicyStatement({
    actions: ['sqs:SendMessage'],
    resources: [arrivals.queueArn, quarantineQueue.queueArn],
  }),
  new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    resources: [ledger.tableArn],
  }),
];

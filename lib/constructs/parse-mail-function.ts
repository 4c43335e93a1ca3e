import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Architecture, EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ParseMailEnvironment } from '../../lambdas/parse-mail/environment.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { PARSE_MAIL_TIMEOUT_SECONDS } from '../../mail/configuration/own-queues.ts';
import { CLAIM_PREFIX, RAW_PREFIX } from '../../mail/configuration/resource-names.ts';
import { acknowledgePrefixes } from './acknowledge-prefixes.ts';
import { NodeFunction } from './node-function.ts';
import { writeCompanionConfiguration } from './write-companion-configuration.ts';

/**
 * Ten mails of 40 MB take 4.4 s of one processor and 280 MB (measured here). At 512 MB Lambda gives
 * 0.29 of one, so about 15 s; at 256 MB the memory would not suffice.
 */
const MEMORY_MEGABYTES = 512;
/** Mails in one invocation. One log line, one start and one metric record serve them all. */
const BATCH_SIZE = 10;

/** What {@link ParseMailFunction} is made from. */
export interface ParseMailFunctionProps {
  readonly configuration: Configuration;
  readonly architecture: Architecture;
  readonly mailBucket: Bucket;
  readonly ledger: Table;
  readonly arrivals: IQueue;
  /** The destination queues: the only ones it may send to. */
  readonly destinations: readonly IQueue[];
}

/** The function that reads arrivals and hands each mail to the queues that the rules choose. */
export class ParseMailFunction extends Construct {
  constructor(scope: Construct, id: string, props: ParseMailFunctionProps) {
    super(scope, id);
    const { configuration, architecture, mailBucket, ledger, arrivals } = props;
    const environment: ParseMailEnvironment = {
      MAIL_BUCKET: mailBucket.bucketName,
      TABLE_NAME: ledger.tableName,
      QUEUE_URL_BASE: `https://sqs.${Aws.REGION}.${Aws.URL_SUFFIX}/${Aws.ACCOUNT_ID}/`,
    };
    const { function: parseMail, role } = new NodeFunction(this, 'ParseMail', {
      lambda: 'parse-mail',
      logicalId: 'ParseMail',
      description: 'Reads mail that came in and hands it to the queues that the rules choose',
      configuration,
      architecture,
      timeout: Duration.seconds(PARSE_MAIL_TIMEOUT_SECONDS),
      memoryMegabytes: MEMORY_MEGABYTES,
      environment: { ...environment },
      companionFile: writeCompanionConfiguration(this, configuration),
      statements: createStatements(props),
    });
    const source = new EventSourceMapping(this, 'Arrivals', {
      target: parseMail,
      eventSourceArn: arrivals.queueArn,
      batchSize: BATCH_SIZE,
      reportBatchItemFailures: true,
      // Not reserved concurrency: a new account's quota may refuse any.
      maxConcurrency: configuration.limits.parsers,
    });
    Validations.of(source).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A queue as source takes no such destination: its dead-letter queue is the place.',
    });
    Validations.of(parseMail).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason:
        'It is never invoked asynchronously: what it cannot do goes back to the arrivals queue.',
    });
    acknowledgePrefixes(role, mailBucket, [RAW_PREFIX, CLAIM_PREFIX]);
  }
}

const createStatements = ({
  mailBucket,
  ledger,
  arrivals,
  destinations,
}: ParseMailFunctionProps): readonly PolicyStatement[] => [
  new PolicyStatement({
    actions: ['s3:GetObject'],
    resources: [mailBucket.arnForObjects(`${RAW_PREFIX}*`)],
  }),
  new PolicyStatement({
    actions: ['s3:PutObject'],
    resources: [mailBucket.arnForObjects(`${CLAIM_PREFIX}*`)],
  }),
  new PolicyStatement({
    actions: ['sqs:SendMessage'],
    resources: destinations.map(({ queueArn }) => queueArn),
  }),
  new PolicyStatement({
    actions: [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ],
    resources: [arrivals.queueArn],
  }),
  new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    resources: [ledger.tableArn],
  }),
];

import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PARSE_MAIL_TIMEOUT_SECONDS } from '../../mail/configuration/own-queues.ts';
import { CLAIM_PREFIX, RAW_PREFIX } from '../../mail/configuration/resource-names.ts';
import { acknowledgePrefixes } from './acknowledge-prefixes.ts';
import { createMailFunction, type MailRoomProps } from './mail-function.ts';
import { addQueueReader, createReaderStatement } from './queue-reader.ts';

/**
 * Ten mails of 40 MB take 4.4 s of one processor and 280 MB (measured here). At 512 MB Lambda gives
 * 0.29 of one, so about 15 s; at 256 MB the memory would not suffice.
 */
const MEMORY_MEGABYTES = 512;

/** What {@link ParseMailFunction} is made from. */
export interface ParseMailFunctionProps extends MailRoomProps {
  /** The destination queues: the only ones it may send to. */
  readonly destinations: readonly IQueue[];
}

/** The function that reads arrivals and hands each mail to the queues that the rules choose. */
export class ParseMailFunction extends Construct {
  constructor(scope: Construct, id: string, props: ParseMailFunctionProps) {
    super(scope, id);
    const { configuration, mailBucket, arrivals } = props;
    const { function: parseMail, role } = createMailFunction(this, 'ParseMail', props, {
      lambda: 'parse-mail',
      description: 'Reads mail that came in and hands it to the queues that the rules choose',
      timeoutSeconds: PARSE_MAIL_TIMEOUT_SECONDS,
      memoryMegabytes: MEMORY_MEGABYTES,
      statements: createStatements(props),
    });
    addQueueReader(this, 'Arrivals', {
      queue: arrivals,
      target: parseMail,
      maxConcurrency: configuration.limits.parsers,
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
  createReaderStatement(arrivals),
  new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    resources: [ledger.tableArn],
  }),
];

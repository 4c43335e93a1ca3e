import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { createDynamoDbLedger } from '../../adapters/aws/dynamodb-ledger.ts';
import { createDynamoDbQuarantineWriter } from '../../adapters/aws/dynamodb-quarantine.ts';
import { createS3ClaimWriter } from '../../adapters/aws/s3-claim-writer.ts';
import { createS3RawMailReader } from '../../adapters/aws/s3-raw-mail-reader.ts';
import { createSqsEventSender } from '../../adapters/aws/sqs-event-sender.ts';
import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import {
  type BatchReport,
  createParseMailHandler,
} from '../../lambdas/parse-mail/create-handler.ts';
import type { ReceiveMailPorts } from '../../lambdas/parse-mail/ports.ts';
import { LEASE_SECONDS, OWN_QUEUES } from '../../mail/configuration/own-queues.ts';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { tableName } from '../../mail/configuration/resource-names.ts';
import { describeError } from '../../mail/errors.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import type { HandledMail } from '../../mail/ports/ports.ts';
import type { LocalClients } from '../emulators/create-clients.ts';
import type { LocalEventListener } from '../output/local-event.ts';
import { localMailBucket } from '../queues/create-resources.ts';
import { arrivalsQueueNames } from '../queues/plan-queues.ts';
import { createLocalRetryDelayer } from '../queues/local-retry-delayer.ts';
import { type ArrivalsPoller, startArrivalsPoller } from '../queues/poll-arrivals.ts';
import { describeArrival } from './describe-arrival.ts';
import { describeHandled } from './describe-handled.ts';
import type { RecentMails } from './recent-mails.ts';

/** What the functions of the local run work with. */
export interface MailRoomOptions {
  readonly clients: LocalClients;
  readonly dynamodb: DynamoDBClient;
  readonly environment: string;
  readonly queueUrlBase: string;
  /** The configuration that holds now; another object when it has changed. */
  readonly readConfiguration: () => ParseMailConfiguration;
  readonly recentMails: RecentMails;
  readonly report: LocalEventListener;
  /** See `LocalRunOptions`. */
  readonly maxRetrySeconds: number;
  /** Puts something between the function and the world: tests make it fail. @default nothing */
  readonly wrapPorts?: (ports: ReceiveMailPorts) => ReceiveMailPorts;
}

/** The adapters that the deployed function has, on the emulators. */
export const createLocalPorts = ({
  clients: { s3, sqs },
  dynamodb,
  environment,
  queueUrlBase,
  readConfiguration,
}: Pick<
  MailRoomOptions,
  'clients' | 'dynamodb' | 'environment' | 'queueUrlBase' | 'readConfiguration'
>): ReceiveMailPorts => ({
  rawMail: createS3RawMailReader(s3),
  claims: createS3ClaimWriter(s3, localMailBucket(environment)),
  events: {
    // Made anew each time: a reload may bring a queue, or make one a FIFO queue.
    sendEvent: (event) =>
      createSqsEventSender(sqs, { queueUrlBase, configuration: readConfiguration() }).sendEvent(
        event,
      ),
  },
  mime: createMailparserMimeParser(),
  ledger: createDynamoDbLedger(dynamodb, {
    table: tableName(environment),
    clock: systemClock,
    leaseSeconds: LEASE_SECONDS,
    retentionDays: readConfiguration().retention.rawDays,
  }),
  clock: systemClock,
  quarantine: createDynamoDbQuarantineWriter(dynamodb, {
    table: tableName(environment),
    clock: systemClock,
    retentionDays: readConfiguration().retention.rawDays,
  }),
  mailBucket: localMailBucket(environment),
});

/** Starts the functions: they read the arrivals queue, and everything they do is told. */
export function startMailRoom(options: MailRoomOptions): ArrivalsPoller {
  const { clients, environment, queueUrlBase, recentMails, report } = options;
  const ports = createLocalPorts(options);
  const { name, deadLetterName } = arrivalsQueueNames(environment);
  /** The batch under way, by message id and by arrival. */
  let underWay: readonly SQSRecord[] = [];

  const observe = (handled: HandledMail): void => {
    const record = underWay.find(
      ({ body }) => describeArrival(body).arrivalId === handled.arrivalId,
    );
    const notification = record?.body ?? '';
    // A polled mail may have come into its mailbox years ago.
    const announcedAt = Number(record?.attributes.SentTimestamp ?? 0);
    const begunAt = Math.max(describeArrival(notification).receivedAt, announcedAt);
    const ms = Math.max(0, Date.now() - begunAt);
    for (const event of describeHandled(handled, ms)) report(event);
    const { arrivalId } = handled;
    recentMails.add({ arrivalId, notification, outcome: { kind: 'handled', handled } });
  };

  const reportBatch = ({ failed }: BatchReport): void => {
    for (const { messageId, code, receives } of failed) {
      const notification = underWay.find((record) => record.messageId === messageId)?.body ?? '';
      const { receivedAt: _, ...arrival } = describeArrival(notification);
      const isLast = receives >= OWN_QUEUES.arrivals.maxReceives;
      report({
        event: 'failed',
        ...arrival,
        code,
        attempt: receives,
        maxAttempts: OWN_QUEUES.arrivals.maxReceives,
        deadLetterQueue: isLast ? deadLetterName : null,
      });
      if (isLast && arrival.arrivalId !== null) {
        const { arrivalId } = arrival;
        recentMails.add({ arrivalId, notification, outcome: { kind: 'given-up', code } });
      }
    }
  };

  const handler = createParseMailHandler({
    ...(options.wrapPorts?.(ports) ?? ports),
    readConfiguration: options.readConfiguration,
    readRandom: Math.random,
    retries: createLocalRetryDelayer(options),
    observe,
    reportBatch,
  });
  return startArrivalsPoller({
    sqs: clients.sqs,
    queueUrl: `${queueUrlBase}${name}`,
    queueName: name,
    handler,
    onBatch: (records) => {
      underWay = records;
    },
    onTrouble: (error) => {
      report({ event: 'trouble', message: `arrivals queue: ${describeError(error)}` });
    },
  });
}

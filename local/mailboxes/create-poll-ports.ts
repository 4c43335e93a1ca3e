import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { createDynamoDbLedger } from '../../adapters/aws/dynamodb-ledger.ts';
import { createDynamoDbMailboxStates } from '../../adapters/aws/dynamodb-mailbox-states.ts';
import { createDynamoDbQuarantineWriter } from '../../adapters/aws/dynamodb-quarantine.ts';
import { createS3KnownListStore } from '../../adapters/aws/s3-known-list-store.ts';
import { createS3RawMailWriter } from '../../adapters/aws/s3-raw-mail-writer.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { createSqsEventSender } from '../../adapters/aws/sqs-event-sender.ts';
import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import { openSession } from '../../lambdas/poll-mailbox/open-session.ts';
import type { PollPorts } from '../../lambdas/poll-mailbox/ports.ts';
import { ARRIVALS_QUEUE, LEASE_SECONDS } from '../../mail/configuration/own-queues.ts';
import type { PollMailboxConfiguration } from '../../mail/configuration/poll-mailbox-configuration.ts';
import { MAILBOX_LEASE_SECONDS } from '../../mail/configuration/polls-queue.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import type { CredentialReader } from '../../mail/ports/mailbox-ports.ts';

/** Where a poll on this machine keeps what it takes: emulators, or an account. */
export interface PollPlace {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly mailBucket: string;
  readonly environment: string;
  /** What stands before a queue's name in its URL. */
  readonly queueUrlBase: string;
  readonly credentials: CredentialReader;
  /** The configuration that holds now. */
  readonly readConfiguration: () => PollMailboxConfiguration;
}

/** The adapters that the deployed poll-mailbox has, in the given place. */
export function createPollPorts(place: PollPlace): PollPorts {
  const { s3, sqs, dynamodb, table, queueUrlBase, environment, readConfiguration } = place;
  const rows = {
    table,
    clock: systemClock,
    retentionDays: readConfiguration().retention.rawDays,
  };
  return {
    states: createDynamoDbMailboxStates(dynamodb, { ...rows, leaseSeconds: MAILBOX_LEASE_SECONDS }),
    knownLists: createS3KnownListStore(s3, place.mailBucket),
    credentials: place.credentials,
    openSession,
    rawMail: createS3RawMailWriter(s3),
    arrivals: createSqsArrivalAnnouncer(
      sqs,
      `${queueUrlBase}${queueNames(environment, ARRIVALS_QUEUE).name}`,
    ),
    ledger: createDynamoDbLedger(dynamodb, { ...rows, leaseSeconds: LEASE_SECONDS }),
    quarantine: createDynamoDbQuarantineWriter(dynamodb, rows),
    events: {
      // Made anew each time: a reload may bring a queue, or make one a FIFO queue.
      sendEvent: (event) =>
        createSqsEventSender(sqs, { queueUrlBase, configuration: readConfiguration() }).sendEvent(
          event,
        ),
    },
    mime: createMailparserMimeParser(),
    clock: systemClock,
    readRandom: Math.random,
    mailBucket: place.mailBucket,
    readConfiguration,
  };
}

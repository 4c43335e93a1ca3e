import { createDynamoDbMailboxStates } from '../../adapters/aws/dynamodb-mailbox-states.ts';
import { createDynamoDbQuarantineWriter } from '../../adapters/aws/dynamodb-quarantine.ts';
import { createS3KnownListStore } from '../../adapters/aws/s3-known-list-store.ts';
import { createS3RawMailWriter } from '../../adapters/aws/s3-raw-mail-writer.ts';
import {
  createSecretsManagerClient,
  createSecretsManagerSecrets,
} from '../../adapters/aws/secrets-manager-secrets.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { createSqsEventSender } from '../../adapters/aws/sqs-event-sender.ts';
import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import { ARRIVALS_QUEUE } from '../../mail/configuration/own-queues.ts';
import type { PollMailboxConfiguration } from '../../mail/configuration/poll-mailbox-configuration.ts';
import { MAILBOX_LEASE_SECONDS } from '../../mail/configuration/polls-queue.ts';
import { createCredentialReader } from '../../mail/credentials/create-credential-reader.ts';
import { functionEnvironmentSchema } from '../function-environment.ts';
import { wireBatchFunction } from '../wire-batch-function.ts';
import { createPollMailboxHandler } from './create-handler.ts';
import { openSession } from './open-session.ts';

const variables = functionEnvironmentSchema.parse(process.env);
const { clients, deadline, logger, rows, writeQueueUrl, dependencies, middlewares, ...parts } =
  wireBatchFunction('poll-mailbox', variables);
// The file that stands beside this bundle has the mailboxes too.
const configuration = parts.configuration as PollMailboxConfiguration;

/** The deployed function. */
export const handler = createPollMailboxHandler(
  {
    ...dependencies,
    states: createDynamoDbMailboxStates(clients.dynamodb, {
      ...rows,
      leaseSeconds: MAILBOX_LEASE_SECONDS,
    }),
    knownLists: createS3KnownListStore(clients.s3, variables.MAIL_BUCKET),
    credentials: createCredentialReader(
      configuration.mailboxes,
      createSecretsManagerSecrets(createSecretsManagerClient(deadline)),
    ),
    openSession,
    rawMail: createS3RawMailWriter(clients.s3),
    arrivals: createSqsArrivalAnnouncer(clients.sqs, writeQueueUrl(ARRIVALS_QUEUE)),
    quarantine: createDynamoDbQuarantineWriter(clients.dynamodb, rows),
    events: createSqsEventSender(clients.sqs, {
      queueUrlBase: variables.QUEUE_URL_BASE,
      configuration,
    }),
    mime: createMailparserMimeParser(),
    readConfiguration: () => configuration,
    isActing: true,
    reportPoll: (report) => {
      if (report.fault === null) logger.info('poll', { ...report });
      else logger.warn('poll', { ...report });
    },
    reportIgnored: (reason) => {
      logger.info('wake-up ignored', { reason });
    },
  },
  middlewares,
);

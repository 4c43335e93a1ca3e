import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { createDynamoDbMailboxStates } from '../../adapters/aws/dynamodb-mailbox-states.ts';
import { createS3KnownListStore } from '../../adapters/aws/s3-known-list-store.ts';
import { createS3RawMailWriter } from '../../adapters/aws/s3-raw-mail-writer.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { openImapSession } from '../../adapters/imap/open-imap-session.ts';
import { createParseMailHandler } from '../../lambdas/parse-mail/create-handler.ts';
import { createPollMailboxHandler } from '../../lambdas/poll-mailbox/create-handler.ts';
import type { PollReport } from '../../lambdas/poll-mailbox/ports.ts';
import { LOCAL_REGION } from '../../local/emulators/embedded-aws.ts';
import { createLedgerTable } from '../../local/queues/create-ledger-table.ts';
import {
  createLocalQueues,
  createMailDoor,
  localMailBucket,
} from '../../local/queues/create-resources.ts';
import { arrivalsQueueNames } from '../../local/queues/plan-queues.ts';
import { createLocalPorts } from '../../local/run/mail-room.ts';
import type {
  Configuration,
  ConfigurationInput,
} from '../../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { queueNames, tableName } from '../../mail/configuration/resource-names.ts';
import type { ReceiveMailPorts } from '../../lambdas/parse-mail/ports.ts';
import type { MailboxCredential } from '../../mail/ports/mailbox-ports.ts';
import { type AwsUnderTest, EMBEDDED } from './aws-under-test.ts';
import type { Dovecot } from './dovecot/start-dovecot.ts';
import type { DovecotMailbox } from './dovecot/dovecot-mailbox.ts';
import { drainQueue } from './drain-queue.ts';
import { createContext, createSqsEvent } from './sqs-event.ts';

const LEASE_SECONDS = 330;

type MailboxInput = NonNullable<ConfigurationInput['mailboxes']>[number];

/** Puts the mailboxes of a configuration on a server of the test; all else stays as it is. */
function moveMailboxes(
  { mailboxes = [], ...rest }: ConfigurationInput,
  dovecot: Dovecot,
): Configuration {
  const server = {
    host: '127.0.0.1',
    security: 'implicit-tls',
    ca: dovecot.ca,
    port: dovecot.ports.imaps,
  } as const;
  return parseConfiguration({
    ...rest,
    mailboxes: mailboxes.map(({ provider: _, ...mailbox }): MailboxInput => ({
      ...mailbox,
      server,
    })),
  });
}

interface RoomParts {
  readonly aws: AwsUnderTest;
  readonly configuration: Configuration;
  readonly ports: ReceiveMailPorts;
  readonly credentials: ReadonlyMap<string, MailboxCredential>;
  readonly clock: { now: () => number };
}

function createPoll({ aws, configuration, ports, credentials, clock }: RoomParts) {
  const { environment, retention } = configuration;
  const { s3, sqs } = aws.clients;
  const arrivalsUrl = `${aws.queueUrlBase}${arrivalsQueueNames(environment).name}`;
  const reports: PollReport[] = [];
  const handler = createPollMailboxHandler({
    ...ports,
    clock,
    isActing: true,
    states: createDynamoDbMailboxStates(aws.dynamodb, {
      table: tableName(environment),
      clock,
      leaseSeconds: LEASE_SECONDS,
      retentionDays: retention.rawDays,
    }),
    knownLists: createS3KnownListStore(s3, ports.mailBucket),
    credentials: {
      readCredential(mailbox) {
        const credential = credentials.get(mailbox);
        if (credential === undefined) throw new Error(`no mailbox ${mailbox} was made`);
        return Promise.resolve(credential);
      },
    },
    openSession: openImapSession,
    rawMail: createS3RawMailWriter(s3),
    arrivals: createSqsArrivalAnnouncer(sqs, arrivalsUrl),
    readRandom: () => 0.5,
    readConfiguration: () => configuration,
    reportPoll: (report) => reports.push(report),
  });
  return { handler, reports, arrivalsUrl };
}

/**
 * A team's whole mail room: its configuration with the mailboxes on Dovecot, the emulators, and
 * poll-mailbox and parse-mail as they are deployed. Ends with the test.
 */
export async function startPolledRoom(dovecot: Dovecot, input: ConfigurationInput) {
  const configuration = moveMailboxes(input, dovecot);
  const { environment } = configuration;
  const aws = await EMBEDDED.start();
  onTestFinished(() => aws.close());
  const { clients, dynamodb, queueUrlBase } = aws;
  await createLedgerTable(dynamodb, tableName(environment));
  await createLocalQueues(clients, configuration);
  await createMailDoor(clients, environment);
  const readQueueUrl = (queue: string): string =>
    `${queueUrlBase}${queueNames(environment, queue, configuration.queues[queue]?.type).name}`;
  const mailboxes = new Map<string, DovecotMailbox>(
    configuration.mailboxes.map(({ name }) => [name, dovecot.createMailbox()]),
  );
  let passedMs = 0;
  const clock = { now: () => Date.now() + passedMs };
  const readConfiguration = () => configuration;
  const ports = createLocalPorts({
    ...{ clients, dynamodb, queueUrlBase, environment },
    readConfiguration,
  });
  const credentials = new Map(
    [...mailboxes].map(([name, { credential }]) => [name, credential] as const),
  );
  const poll = createPoll({ aws, configuration, ports, credentials, clock });
  const parse = createParseMailHandler({
    ...ports,
    readConfiguration,
    readRandom: () => 0.5,
    retries: { delayRetry: () => Promise.resolve() },
  });
  return {
    /** Polls a mailbox when its time has come, and handles what came in. */
    poll: async (mailbox: string): Promise<PollReport | undefined> => {
      passedMs += 24 * 3_600_000;
      const scheduledAt = new Date(clock.now()).toISOString();
      const request = { type: 'mailbox.poll', version: 1, mailbox, scheduledAt };
      await poll.handler(createSqsEvent(request), createContext());
      const bodies = await drainQueue(clients.sqs, poll.arrivalsUrl);
      const { batchItemFailures } = await parse(createSqsEvent(...bodies), createContext());
      if (batchItemFailures.length > 0) throw new Error('parse-mail failed');
      return poll.reports.at(-1);
    },
    /** The mailbox of this name in the configuration. */
    findMailbox: (name: string): DovecotMailbox => {
      const mailbox = mailboxes.get(name);
      if (mailbox === undefined) throw new Error(`the configuration has no mailbox ${name}`);
      return mailbox;
    },
    /** Takes out what is in a queue. */
    drain: (queue: string) => drainQueue(clients.sqs, readQueueUrl(queue)),
    /** Puts a message into a FIFO queue, whatever was in it before. */
    sendAgain: async (queue: string, body: string): Promise<void> => {
      await clients.sqs.send(
        new SendMessageCommand({
          QueueUrl: readQueueUrl(queue),
          MessageBody: body,
          MessageGroupId: 'again',
          MessageDeduplicationId: randomUUID(),
        }),
      );
    },
    /** What a consumer of this queue is told by its variables. */
    createVariables: (queue: string, folder: string): Readonly<Record<string, string>> => ({
      PATH: process.env['PATH'] ?? '',
      AWS_ENDPOINT_URL: new URL(queueUrlBase).origin,
      AWS_REGION: LOCAL_REGION,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      QUEUE_URL: readQueueUrl(queue),
      MAIL_BUCKET: localMailBucket(environment),
      FOLDER: folder,
    }),
  };
}

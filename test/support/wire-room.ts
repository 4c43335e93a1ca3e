import { createDynamoDbMailboxStates } from '../../adapters/aws/dynamodb-mailbox-states.ts';
import { createS3KnownListStore } from '../../adapters/aws/s3-known-list-store.ts';
import { createS3RawMailWriter } from '../../adapters/aws/s3-raw-mail-writer.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { openImapSession } from '../../adapters/imap/open-imap-session.ts';
import { createParseMailHandler } from '../../lambdas/parse-mail/create-handler.ts';
import type { ReceiveMailPorts } from '../../lambdas/parse-mail/ports.ts';
import { createPollMailboxHandler } from '../../lambdas/poll-mailbox/create-handler.ts';
import type { PollReport } from '../../lambdas/poll-mailbox/ports.ts';
import { arrivalsQueueNames } from '../../local/queues/plan-queues.ts';
import { createLocalPorts } from '../../local/run/mail-room.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { tableName } from '../../mail/configuration/resource-names.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import type { MailboxCredential } from '../../mail/ports/mailbox-ports.ts';
import type { AwsUnderTest } from './aws-under-test.ts';
import { drainQueue } from './drain-queue.ts';
import { createContext, createSqsEvent } from './sqs-event.ts';

const LEASE_SECONDS = 330;

/** What the functions of a room work with. */
export interface RoomWorld {
  readonly aws: AwsUnderTest;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly findCredential: (mailbox: string) => MailboxCredential;
}

const readArrivalsUrl = ({ aws, configuration }: RoomWorld): string =>
  `${aws.queueUrlBase}${arrivalsQueueNames(configuration.environment).name}`;

function wirePoll(
  world: RoomWorld,
  ports: ReceiveMailPorts,
  reportPoll: (report: PollReport) => void,
) {
  const { aws, configuration, clock, findCredential } = world;
  const { s3, sqs } = aws.clients;
  return createPollMailboxHandler({
    ...ports,
    clock,
    isActing: true,
    states: createDynamoDbMailboxStates(aws.dynamodb, {
      table: tableName(configuration.environment),
      clock,
      leaseSeconds: LEASE_SECONDS,
      retentionDays: configuration.retention.rawDays,
    }),
    knownLists: createS3KnownListStore(s3, ports.mailBucket),
    credentials: {
      readCredential: (mailbox) => Promise.resolve(findCredential(mailbox)),
    },
    openSession: openImapSession,
    rawMail: createS3RawMailWriter(s3),
    arrivals: createSqsArrivalAnnouncer(sqs, readArrivalsUrl(world)),
    readRandom: () => 0.5,
    readConfiguration: () => configuration,
    reportPoll,
  });
}

/** The functions poll-mailbox and parse-mail over the adapters that they are deployed with. */
export function wireRoom(world: RoomWorld) {
  const { aws, configuration, clock } = world;
  const { clients, dynamodb, queueUrlBase } = aws;
  const { environment } = configuration;
  const readConfiguration = () => configuration;
  const ports = createLocalPorts({
    ...{ clients, dynamodb, queueUrlBase, environment },
    readConfiguration,
  });
  const reports: PollReport[] = [];
  const poll = wirePoll(world, ports, (report) => reports.push(report));
  const parse = createParseMailHandler({
    ...ports,
    readConfiguration,
    readRandom: () => 0.5,
    retries: { delayRetry: () => Promise.resolve() },
  });
  return {
    /** Wakes poll-mailbox up. @throws {Error} When it did not poll. */
    poll: async (mailbox: string): Promise<void> => {
      const scheduledAt = new Date(clock.now()).toISOString();
      const request = { type: 'mailbox.poll', version: 1, mailbox, scheduledAt };
      await poll(createSqsEvent(request), createContext());
      const report = reports.at(-1);
      if (report?.outcome !== 'polled') throw new Error(JSON.stringify(report));
    },
    /** Gives parse-mail what is in the arrivals queue. @throws {Error} When a mail fails. */
    parse: async (): Promise<void> => {
      const bodies = await drainQueue(clients.sqs, readArrivalsUrl(world));
      const { batchItemFailures } = await parse(createSqsEvent(...bodies), createContext());
      if (batchItemFailures.length > 0) throw new Error('parse-mail failed');
    },
  };
}

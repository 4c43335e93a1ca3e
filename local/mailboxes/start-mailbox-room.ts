import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createSqsWakeUpSender } from '../../adapters/aws/sqs-wake-up-sender.ts';
import { createSecretFiles } from '../../adapters/filesystem/secret-files.ts';
import { createDispatchPollsHandler } from '../../lambdas/dispatch-polls/create-handler.ts';
import { createPollMailboxHandler } from '../../lambdas/poll-mailbox/create-handler.ts';
import type { PollPorts } from '../../lambdas/poll-mailbox/ports.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { POLL_MAILBOX_TIMEOUT_SECONDS } from '../../mail/configuration/polls-queue.ts';
import { tableName } from '../../mail/configuration/resource-names.ts';
import { pollRequestSchema } from '../../mail/contracts/poll-request.ts';
import { createCredentialReader } from '../../mail/credentials/create-credential-reader.ts';
import { describeError } from '../../mail/errors.ts';
import type { CredentialReader } from '../../mail/ports/mailbox-ports.ts';
import type { LocalClients } from '../emulators/create-clients.ts';
import type { LocalEventListener } from '../output/local-event.ts';
import { createPollsQueue, localMailBucket } from '../queues/create-resources.ts';
import { startArrivalsPoller } from '../queues/poll-arrivals.ts';
import { createContext } from '../queues/lambda-context.ts';
import { createPollPorts } from './create-poll-ports.ts';
import { describePolled } from './describe-polled.ts';
import { createPasswordGate, type PasswordGate } from './password-gate.ts';
import { startSchedule } from './start-schedule.ts';

export interface MailboxRoomOptions {
  readonly clients: LocalClients;
  readonly dynamodb: DynamoDBClient;
  readonly environment: string;
  readonly queueUrlBase: string;
  readonly stateFolder: string;
  /** The configuration that holds now. */
  readonly readConfiguration: () => Configuration;
  /** Whether mailboxes are changed as they want it; else they are opened read-only. */
  readonly isActing: boolean;
  readonly report: LocalEventListener;
}

/** Running polls. */
export interface MailboxRoom {
  stop(): Promise<void>;
}

/** Mailboxes that are polled at once. */
const POLLERS = 4;
/** What dispatch-polls may take. */
const DISPATCH_TIMEOUT_MS = 60_000;
/** How long a poll that is under way may still go on when the run ends. */
const GRACE_MS = 3_000;

/** Made anew each time: a reload may bring mailboxes, and a person another password. */
const createLocalCredentials = ({
  stateFolder,
  readConfiguration,
}: MailboxRoomOptions): CredentialReader => {
  const secrets = createSecretFiles(join(stateFolder, 'secrets'));
  return {
    readCredential: (mailbox, isFresh) =>
      createCredentialReader(readConfiguration().mailboxes, secrets).readCredential(
        mailbox,
        isFresh,
      ),
  };
};

function createPorts(options: MailboxRoomOptions, stopping: AbortSignal): PollPorts {
  const { clients, dynamodb, environment, queueUrlBase, readConfiguration } = options;
  const ports = createPollPorts({
    s3: clients.s3,
    sqs: clients.sqs,
    dynamodb,
    table: tableName(environment),
    mailBucket: localMailBucket(environment),
    environment,
    queueUrlBase,
    credentials: createLocalCredentials(options),
    readConfiguration,
  });
  return {
    ...ports,
    openSession: (session) =>
      ports.openSession({ ...session, signal: AbortSignal.any([session.signal, stopping]) }),
  };
}

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** The mailbox that a wake-up is for; undefined for what is none. */
function readMailboxName(body: string): string | undefined {
  try {
    return pollRequestSchema.safeParse(JSON.parse(body)).data?.mailbox;
  } catch {
    // What is no JSON is no wake-up either; the function ignores it.
    return undefined;
  }
}

/** A mailbox without a password is not polled, so that it is not paused for want of it. */
const guard =
  (handler: Handler, gate: PasswordGate): Handler =>
  async (event, context) => {
    const records: SQSRecord[] = [];
    for (const record of event.Records) {
      const name = readMailboxName(record.body);
      if (name === undefined || !(await gate.isClosed(name))) records.push(record);
    }
    return handler({ Records: records }, context);
  };

function createHandler(options: MailboxRoomOptions, ports: PollPorts): Handler {
  const { readConfiguration, isActing, report } = options;
  return createPollMailboxHandler({
    ...ports,
    isActing,
    reportPoll: (told) => {
      const mailbox = readConfiguration().mailboxes.find(({ name }) => name === told.mailbox);
      if (mailbox !== undefined) report(describePolled(told, mailbox));
    },
  });
}

async function stopWithin(stop: () => Promise<void>, abort: () => void): Promise<void> {
  const timer = setTimeout(abort, GRACE_MS);
  try {
    await stop();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Polls the mailboxes of the configuration as what is deployed does: dispatch-polls fills the polls
 * queue at each interval, and poll-mailbox reads it. A mailbox that is met for the first time is
 * woken up at once.
 */
export async function startMailboxRoom(options: MailboxRoomOptions): Promise<MailboxRoom> {
  const { clients, environment, queueUrlBase, readConfiguration, report } = options;
  const onTrouble = (message: string): void => {
    report({ event: 'trouble', message });
  };
  const stopping = new AbortController();
  const ports = createPorts(options, stopping.signal);
  const gate = createPasswordGate({ ...options, credentials: ports.credentials, onTrouble });
  const queueName = await createPollsQueue(clients.sqs, environment);
  const queueUrl = `${queueUrlBase}${queueName}`;
  const wakeUps = createSqsWakeUpSender(clients.sqs, queueUrl);
  const dispatch = createDispatchPollsHandler({ ...ports, wakeUps, readConfiguration });
  const handler = guard(createHandler(options, ports), gate);
  const pollers = Array.from({ length: POLLERS }, () =>
    startArrivalsPoller({
      sqs: clients.sqs,
      queueUrl,
      queueName,
      handler,
      batchSize: 1,
      timeoutMs: POLL_MAILBOX_TIMEOUT_SECONDS * 1000,
      onTrouble: (error) => {
        onTrouble(`polls queue: ${describeError(error)}`);
      },
    }),
  );
  const schedule = startSchedule({
    readConfiguration,
    gate,
    wakeUps,
    dispatch: async (request) => {
      await dispatch(request, createContext(DISPATCH_TIMEOUT_MS));
    },
    onTrouble,
  });
  return {
    async stop() {
      await schedule.stop();
      await stopWithin(
        async () => {
          await Promise.all(pollers.map((poller) => poller.stop()));
        },
        () => {
          stopping.abort();
        },
      );
    },
  };
}

import { pollMailbox } from '../../lambdas/poll-mailbox/poll-mailbox.ts';
import type { PollReport } from '../../lambdas/poll-mailbox/ports.ts';
import { createLocalClients, createLocalDynamodb } from '../../local/emulators/create-clients.ts';
import { createPollPorts } from '../../local/mailboxes/create-poll-ports.ts';
import { localMailBucket } from '../../local/queues/create-resources.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { pickPollMailboxConfiguration } from '../../mail/configuration/poll-mailbox-configuration.ts';
import { tableName } from '../../mail/configuration/resource-names.ts';
import { createMemoryMailbox } from '../../test/support/memory-mailbox.ts';
import type { MeteredRoom } from './metered-room.ts';

/** LIMIT: wake-ups that dispatch-polls sends in one request. */
const WAKE_UPS_OF_A_REQUEST = 10;
const TIME_MS = 60_000;

/** poll-mailbox over the real adapters of AWS and a mailbox in memory, each request on a meter. */
export interface MailboxFunction {
  readonly deliver: (mail: string) => void;
  /** Wakes it up. @returns What it did, and milliseconds of processor in this thread. */
  readonly poll: () => Promise<{ readonly report: PollReport; readonly processorMs: number }>;
  readonly close: () => void;
}

/** What of its room the function needs. */
type Room = Pick<MeteredRoom, 'awsEndpoint' | 'dynamodbEndpoint' | 'queueUrlBase' | 'meter'>;

function createPorts(room: Room, configuration: Configuration) {
  const { environment } = configuration;
  const { s3, sqs, destroy } = createLocalClients(room.awsEndpoint);
  const dynamodb = createLocalDynamodb(room.dynamodbEndpoint);
  room.meter.watch('poll-mailbox', [s3, sqs, dynamodb]);
  const own = pickPollMailboxConfiguration(configuration);
  const ports = createPollPorts({
    ...{ s3, sqs, dynamodb, environment },
    table: tableName(environment),
    mailBucket: localMailBucket(environment),
    queueUrlBase: room.queueUrlBase,
    credentials: {
      readCredential: () =>
        Promise.resolve({ kind: 'password', user: 'vendor', password: 'secret' } as const),
    },
    readConfiguration: () => own,
  });
  const close = (): void => {
    destroy();
    dynamodb.destroy();
  };
  return { ports, close };
}

/** What a wake-up is on its way: a tenth of a request, then one to read and one to delete. */
function noteWakeUp({ meter }: Room): void {
  const one = { service: 'SQS', attempts: 1, bytes: 0, rowsAtMost: 0 };
  meter.requests.push(
    {
      ...one,
      by: 'dispatch-polls',
      operation: 'SendMessageBatch',
      units: 1 / WAKE_UPS_OF_A_REQUEST,
    },
    { ...one, by: 'event source', operation: 'ReceiveMessage', units: 1 },
    { ...one, by: 'event source', operation: 'DeleteMessage', units: 1 },
  );
}

/** Makes the function for the one mailbox of a configuration. */
export function createMailboxFunction(room: Room, configuration: Configuration): MailboxFunction {
  const [mailbox] = configuration.mailboxes;
  if (mailbox === undefined) throw new Error('expected a configuration with a mailbox');
  const server = createMemoryMailbox({ protocol: mailbox.protocol });
  const { ports, close } = createPorts(room, configuration);
  return {
    deliver(mail) {
      server.deliver(mail);
    },
    async poll() {
      noteWakeUp(room);
      const begin = process.threadCpuUsage();
      const report = await pollMailbox(
        mailbox,
        { ...ports, openSession: (options) => server.open(options) },
        { deadlineAtMs: Date.now() + TIME_MS, isActing: true, isForced: true },
      );
      const { user, system } = process.threadCpuUsage(begin);
      if (report.fault !== null) throw new Error(`expected a poll, came ${report.fault.code}`);
      return { report, processorMs: (user + system) / 1000 };
    },
    close,
  };
}

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { createSqsRetryDelayer } from '../../adapters/aws/sqs-retry-delayer.ts';
import {
  type BatchReport,
  createParseMailHandler,
  type ParseMailHandler,
} from '../../lambdas/parse-mail/create-handler.ts';
import {
  createLocalClients,
  createLocalDynamodb,
  type LocalClients,
} from '../../local/emulators/create-clients.ts';
import { localDropBucket, localMailBucket } from '../../local/queues/create-resources.ts';
import { arrivalsQueueNames } from '../../local/queues/plan-queues.ts';
import { createLocalPorts } from '../../local/run/mail-room.ts';
import { acceptMail } from '../../local/ses/accept-mail.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { SES_MAX_MAIL_BYTES } from '../../mail/configuration/limits.ts';
import { pickParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { SES_RAW_PREFIX } from '../../mail/configuration/resource-names.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import { createObjectEvent } from '../../test/support/sample-object-event.ts';
import { createContext, createSqsEvent } from '../../test/support/sqs-event.ts';
import { type EmulatorThread, startEmulatorThread } from './emulator-thread.ts';
import { createObjectFunctions, type ObjectFunctions } from './object-functions.ts';
import { createRequestMeter, type RequestMeter } from './request-meter.ts';

/** A way in, played as AWS does it, with its requests on the meter. */
export type MeteredDoor = (mail: string | Buffer, recipients: readonly string[]) => Promise<void>;

/** parse-mail over the real adapters and the emulators, each request on a meter. */
export interface MeteredRoom extends Pick<
  EmulatorThread,
  'dynamodbEndpoint' | 'awsEndpoint' | 'queueUrlBase'
> {
  readonly meter: RequestMeter;
  readonly reports: readonly BatchReport[];
  /** Every door that there is, by its name in `DOORS`. */
  readonly doors: Readonly<Record<'ses' | 'drop', MeteredDoor>>;
  /** What S3 tells of raw mail and of drops. */
  readonly objects: ObjectFunctions;
  /**
   * Takes what waits in the arrivals queue to the function, as Lambda's event source does.
   *
   * @returns Milliseconds of processor that the function's batches took in this thread.
   */
  readonly handleArrivals: (batchSize: number) => Promise<number>;
  /** Hands the last batch to the function once more, as a queue does whose deletion was lost. */
  readonly handleAgain: () => Promise<void>;
  readonly close: () => Promise<void>;
}

function createHandler(
  clients: LocalClients,
  configuration: Configuration,
  { thread, meter, reports }: RoomParts,
): ParseMailHandler {
  const { environment } = configuration;
  const parseMail = pickParseMailConfiguration(configuration);
  const dynamodb = createLocalDynamodb(thread.dynamodbEndpoint);
  meter.watch('parse-mail', [clients.s3, clients.sqs, dynamodb]);
  const { queueUrlBase } = thread;
  const readConfiguration = () => parseMail;
  return createParseMailHandler({
    ...createLocalPorts({ clients, dynamodb, environment, queueUrlBase, readConfiguration }),
    retries: createSqsRetryDelayer(clients.sqs, queueUrlBase),
    clock: systemClock,
    readRandom: () => 0.5,
    readConfiguration,
    reportBatch: (report) => reports.push(report),
  });
}

interface RoomParts {
  readonly thread: EmulatorThread;
  readonly meter: RequestMeter;
  readonly reports: BatchReport[];
}

const createSesDoor =
  (clients: LocalClients, configuration: Configuration, objects: ObjectFunctions): MeteredDoor =>
  async (mail, recipients) => {
    const dialogue = {
      sender: 'bounce+1234567890@sender.example',
      recipients,
      clientName: 'mx.sender.example',
      clientAddress: '192.0.2.1',
    };
    const messageId = await acceptMail(Readable.from([Buffer.from(mail)]), dialogue, {
      clients,
      configuration,
      maxBytes: SES_MAX_MAIL_BYTES,
    });
    const bucket = localMailBucket(configuration.environment);
    const key = `${SES_RAW_PREFIX}1/${messageId}`;
    objects.tell('reconcile-arrivals', createObjectEvent({ bucket, key }));
  };

const createDropDoor =
  (clients: LocalClients, { environment }: Configuration, objects: ObjectFunctions): MeteredDoor =>
  async (mail, recipients) => {
    const bucket = localDropBucket(environment);
    const key = `${randomUUID()}.eml`;
    const { ETag = '' } = await clients.s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: mail,
        Metadata: { to: recipients.join(', ') },
      }),
    );
    const eTag = ETag.replaceAll('"', '');
    objects.tell('enter-drops', createObjectEvent({ bucket, key, eTag }));
  };

/** The function and the queue that it is fed from. */
interface Feed {
  readonly sqs: LocalClients['sqs'];
  readonly queueUrl: string;
  readonly handler: ParseMailHandler;
}

/** @returns The messages of one receive. */
async function receiveBatch({ sqs, queueUrl }: Feed, batchSize: number): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: batchSize }),
  );
  return Messages;
}

const createEvent = (messages: readonly Message[]): SQSEvent =>
  createSqsEvent(...messages.map(({ Body }) => Body ?? ''));

/** Hands a batch to the function and deletes it. @returns Milliseconds of processor. */
async function handleBatch({ sqs, queueUrl, handler }: Feed, messages: Message[]): Promise<number> {
  const begin = process.threadCpuUsage();
  const { batchItemFailures } = await handler(createEvent(messages), createContext());
  const { user, system } = process.threadCpuUsage(begin);
  if (batchItemFailures.length > 0) throw new Error('expected every mail of a batch to be handled');
  const Entries = messages.map(({ ReceiptHandle }, id) => ({ Id: String(id), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  return (user + system) / 1000;
}

/** Opens a room with an empty table and empty queues. */
export async function openMeteredRoom(configuration: Configuration): Promise<MeteredRoom> {
  const thread = await startEmulatorThread(configuration);
  const parts = { thread, meter: createRequestMeter(), reports: [] as BatchReport[] };
  const { meter } = parts;
  const ses = createLocalClients(thread.awsEndpoint);
  const dropper = createLocalClients(thread.awsEndpoint);
  const source = createLocalClients(thread.awsEndpoint);
  const own = createLocalClients(thread.awsEndpoint);
  const objects = createObjectFunctions(configuration, parts);
  meter.watch('SES', [ses.s3, ses.sns]);
  meter.watch('whoever drops', [dropper.s3]);
  meter.watch('event source', [source.sqs]);
  const feed: Feed = {
    sqs: source.sqs,
    queueUrl: `${thread.queueUrlBase}${arrivalsQueueNames(configuration.environment).name}`,
    handler: createHandler(own, configuration, parts),
  };
  let last: Message[] = [];
  return {
    ...parts,
    awsEndpoint: thread.awsEndpoint,
    dynamodbEndpoint: thread.dynamodbEndpoint,
    queueUrlBase: thread.queueUrlBase,
    objects,
    doors: {
      ses: createSesDoor(ses, configuration, objects),
      drop: createDropDoor(dropper, configuration, objects),
    },
    async handleArrivals(batchSize) {
      let sumMs = 0;
      for (;;) {
        const messages = await receiveBatch(feed, batchSize);
        if (messages.length === 0) break;
        last = messages;
        sumMs += await handleBatch(feed, messages);
      }
      // The question that found the queue empty belongs to no mail.
      meter.requests.pop();
      return sumMs;
    },
    async handleAgain() {
      await feed.handler(createEvent(last), createContext());
    },
    async close() {
      for (const clients of [ses, dropper, source, own]) clients.destroy();
      objects.close();
      await thread.close();
    },
  };
}

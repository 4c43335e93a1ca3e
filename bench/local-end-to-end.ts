// Local end to end: SMTP in, queue out. The peer is what the emulators alone need for the same mail:
// the same AWS operations, by the same SDK, in the same process, with nothing of ours between them.
// Run with `npm run bench:local -- --mails 2000`.
import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { createTransport } from 'nodemailer';
import { OWN_QUEUES } from '../mail/configuration/own-queues.ts';
import {
  createLocalClients,
  createLocalDynamodb,
  type LocalClients,
} from '../local/emulators/create-clients.ts';
import { startEmbeddedDynamodb } from '../local/emulators/embedded-dynamodb.ts';
import { createLedgerTable } from '../local/queues/create-ledger-table.ts';
import { tableName } from '../mail/configuration/resource-names.ts';
import { startEmbeddedAws } from '../local/emulators/embedded-aws.ts';
import type { LocalEventListener } from '../local/output/local-event.ts';
import {
  createLocalQueues,
  createMailDoor,
  localMailBucket,
  localTopicArn,
} from '../local/queues/create-resources.ts';
import { startLocalRun } from '../local/run/start-local-run.ts';

const CONNECTIONS = 8;
const MAIL_BYTES = 4 * 1024;
/** A `MailReceived` of such a mail, and a notification, are about this large. */
const EVENT_BYTES = 7 * 1024;
const ROW_BYTES = 600;
const NOTIFICATION_BYTES = 3 * 1024;
const ENVIRONMENT = 'dev';
const CONFIGURATION_FILE = 'postroom.config.ts';

/** Turns that the two take, so that what else the machine does falls on both. */
const ROUNDS = 4;

interface Measured {
  readonly latenciesMs: readonly number[];
  readonly elapsedMs: number;
  /** Of this process, whose threads are all that is at work. */
  readonly cpuMs: number;
}

function readPercentile(sortedMs: readonly number[], share: number): number {
  return sortedMs[Math.min(sortedMs.length - 1, Math.floor(sortedMs.length * share))] ?? 0;
}

const joinRounds = (rounds: readonly Measured[]): Measured => ({
  latenciesMs: rounds.flatMap(({ latenciesMs }) => latenciesMs),
  elapsedMs: rounds.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0),
  cpuMs: rounds.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
});

const readCpuPerMailMs = ({ cpuMs, latenciesMs }: Measured): number => cpuMs / latenciesMs.length;

/** Times work for 0, 1, … with so many at once as there are connections. */
async function measureWork(
  count: number,
  work: (index: number) => Promise<void>,
): Promise<Measured> {
  const latenciesMs: number[] = [];
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const startedAt = performance.now();
      await work(index);
      latenciesMs.push(performance.now() - startedAt);
    }
  };
  const begin = performance.now();
  const cpuBegin = process.cpuUsage();
  await Promise.all(Array.from({ length: CONNECTIONS }, takeTurns));
  const { user, system } = process.cpuUsage(cpuBegin);
  return { latenciesMs, elapsedMs: performance.now() - begin, cpuMs: (user + system) / 1000 };
}

/** Lets a sender wait until its mail's event is in the queue. */
interface Arrivals {
  readonly report: LocalEventListener;
  readonly waitFor: (subject: string) => Promise<void>;
}

function createArrivals(): Arrivals {
  const waiting = new Map<string, PromiseWithResolvers<undefined>>();
  return {
    report(event) {
      if (event.event === 'mail') waiting.get(event.subject ?? '')?.resolve(undefined);
      if (event.event !== 'failed' && event.event !== 'trouble') return;
      for (const { reject } of waiting.values()) reject(new Error(JSON.stringify(event)));
    },
    async waitFor(subject) {
      const arrival = Promise.withResolvers<undefined>();
      waiting.set(subject, arrival);
      await arrival.promise;
      waiting.delete(subject);
    },
  };
}

const createPool = (port: number) =>
  createTransport({
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Infinity,
  });

/** Mails through the whole local run, each timed from its sending until its event is in the queue. */
async function measureLocalRun(mails: number, folder: string): Promise<Measured> {
  const arrivals = createArrivals();
  const run = await startLocalRun({
    configurationFile: CONFIGURATION_FILE,
    stateFolder: join(folder, 'run'),
    isFresh: false,
    host: '127.0.0.1',
    smtpPort: 0,
    awsPort: 0,
    dynamodbPort: 0,
    samples: 'never',
    report: arrivals.report,
  });
  const transport = createPool(run.endpoints.smtpPort);
  const text = 'A line of a mail.\r\n'.repeat(MAIL_BYTES / 19);
  const measured = await measureWork(mails, async (index) => {
    const subject = `Mail ${index}`;
    const from = 'ada@example.net';
    const sending = transport.sendMail({ from, to: 'support@example.com', subject, text });
    await Promise.all([arrivals.waitFor(subject), sending]);
  });
  transport.close();
  await run.stop();
  return measured;
}

/** The ledger's five writes of a usual mail, and its one query. */
async function askLedgerForOneMail(dynamodb: DynamoDBClient, index: number): Promise<void> {
  const TableName = tableName(ENVIRONMENT);
  await dynamodb.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `mail ${index}` } },
    }),
  );
  for (let write = 0; write < 5; write += 1) {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk: { S: `mail ${index}` }, sk: { S: String(write) } },
        UpdateExpression: 'SET filling = :filling',
        ExpressionAttributeValues: { ':filling': { S: 'f'.repeat(ROW_BYTES) } },
        ReturnValues: 'ALL_NEW',
      }),
    );
  }
}

/** What the emulators are asked for one mail; the batched operations count once in ten mails. */
async function askForOneMail(
  { s3, sns, sqs, dynamodb }: LocalClients & { readonly dynamodb: DynamoDBClient },
  queueUrlBase: string,
  index: number,
): Promise<void> {
  const object = { Bucket: localMailBucket(ENVIRONMENT), Key: `raw/ses/1/${index}` };
  await s3.send(new PutObjectCommand({ ...object, Body: Buffer.alloc(MAIL_BYTES, 'x') }));
  await sns.send(
    new PublishCommand({
      TopicArn: localTopicArn(ENVIRONMENT),
      Message: 'n'.repeat(NOTIFICATION_BYTES),
    }),
  );
  const { Body } = await s3.send(new GetObjectCommand(object));
  await Body?.transformToByteArray();
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: `${queueUrlBase}postroom-${ENVIRONMENT}-support`,
      MessageBody: 'e'.repeat(EVENT_BYTES),
    }),
  );
  await askLedgerForOneMail(dynamodb, index);
  if (index % 10 !== 9) return;
  const QueueUrl = `${queueUrlBase}postroom-${ENVIRONMENT}-arrivals`;
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  const Entries = Messages.map(({ ReceiptHandle }, id) => ({ Id: String(id), ReceiptHandle }));
  if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}

/** The same operations with nothing of ours. */
async function measureEmulators(mails: number, folder: string): Promise<Measured> {
  const aws = await startEmbeddedAws({
    folder: join(folder, 'bare'),
    host: '127.0.0.1',
    port: 0,
    abandonedQueues: [],
  });
  const table = await startEmbeddedDynamodb({
    folder: join(folder, 'bare-table'),
    host: '127.0.0.1',
    port: 0,
  });
  const dynamodb = createLocalDynamodb(table.endpoint);
  await createLedgerTable(dynamodb, tableName(ENVIRONMENT));
  const clients = createLocalClients(aws.endpoint);
  await createLocalQueues(clients, {
    environment: ENVIRONMENT,
    queues: { support: OWN_QUEUES.arrivals },
  });
  await createMailDoor(clients, ENVIRONMENT);
  const measured = await measureWork(mails, (index) =>
    askForOneMail({ ...clients, dynamodb }, aws.queueUrlBase, index),
  );
  clients.destroy();
  dynamodb.destroy();
  await aws.close();
  await table.close();
  return measured;
}

function writeRow(what: string, measured: Measured): string {
  const { latenciesMs, elapsedMs } = measured;
  const sorted = latenciesMs.toSorted((one, other) => one - other);
  const columns = [
    ((latenciesMs.length / elapsedMs) * 1000).toFixed(0),
    readPercentile(sorted, 0.5).toFixed(1),
    readPercentile(sorted, 0.99).toFixed(1),
    readCpuPerMailMs(measured).toFixed(2),
  ];
  return what.padEnd(34) + columns.map((column) => column.padStart(12)).join('');
}

const HEADINGS = ['mails/s', 'p50 ms', 'p99 ms', 'CPU ms/mail'];

function writeReport(mails: number, whole: Measured, bare: Measured): string {
  const share = readCpuPerMailMs(bare) / readCpuPerMailMs(whole);
  const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;
  return [
    `${mails} mails of ${MAIL_BYTES / 1024} KB, ${CONNECTIONS} at once, in ${ROUNDS} rounds`,
    '',
    ''.padEnd(34) + HEADINGS.map((heading) => heading.padStart(12)).join(''),
    writeRow('local run, SMTP in to queue out', whole),
    writeRow('its emulator calls alone (peer)', bare),
    '',
    `ratio of CPU, peer to local run: ${share.toFixed(2)}`,
    `so ${percent(share)} is the emulators and their clients, ${percent(1 - share)} is SMTP on both sides, parsing and rules`,
  ].join('\n');
}

async function measure(mails: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-bench-'));
  try {
    await measureEmulators(100, join(folder, 'warm-up'));
    await measureLocalRun(100, join(folder, 'warm-up'));
    const bare: Measured[] = [];
    const whole: Measured[] = [];
    const mailsOfRound = Math.ceil(mails / ROUNDS);
    for (let round = 0; round < ROUNDS; round += 1) {
      const roundFolder = join(folder, String(round));
      mkdirSync(roundFolder);
      bare.push(await measureEmulators(mailsOfRound, roundFolder));
      whole.push(await measureLocalRun(mailsOfRound, roundFolder));
    }
    const report = writeReport(mailsOfRound * ROUNDS, joinRounds(whole), joinRounds(bare));
    process.stdout.write(`${report}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { mails: { type: 'string', default: '2000' } } });
const mails = Number(values.mails);
if (!Number.isInteger(mails) || mails < 1) {
  process.stderr.write(`--mails: expected a whole number above 0, came ${values.mails}\n`);
  process.exitCode = 2;
} else {
  await measure(mails);
}

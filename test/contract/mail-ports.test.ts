import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3ClaimWriter } from '../../adapters/aws/s3-claim-writer.ts';
import { createS3RawMailReader } from '../../adapters/aws/s3-raw-mail-reader.ts';
import { createSqsEventSender } from '../../adapters/aws/sqs-event-sender.ts';
import { createLocalClients } from '../../local/emulators/create-clients.ts';
import { startEmbeddedAws } from '../../local/emulators/embedded-aws.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { toSqsJson } from '../../mail/message/sqs-json.ts';
import type { ClaimWriter, EventSender, RawMailReader } from '../../mail/ports/ports.ts';
import { createMemoryPorts } from '../support/memory-ports.ts';
import { createSampleConfiguration } from '../support/sample-configuration.ts';

const BUCKET = 'mail-bucket';

/** An implementation of the ports, and the view behind them that a test needs. */
interface Implementation {
  readonly rawMail: RawMailReader;
  readonly claims: ClaimWriter;
  readonly events: EventSender;
  putObject(key: string, body: Buffer): Promise<void>;
  readObject(key: string): Promise<string>;
  /** Takes what is in a queue of the sample configuration. */
  readBodies(queue: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

function createMemory(): Promise<Implementation> {
  const ports = createMemoryPorts(BUCKET, ['support', 'invoices']);
  return Promise.resolve({
    ...ports,
    putObject(key, body) {
      ports.objects.set(`${BUCKET}/${key}`, body);
      return Promise.resolve();
    },
    readObject: (key) => Promise.resolve(String(ports.objects.get(`${BUCKET}/${key}`))),
    readBodies: (queue) =>
      Promise.resolve(
        ports.sent.splice(0).flatMap((event) => (event.queue === queue ? [event.body] : [])),
      ),
    close: () => Promise.resolve(),
  });
}

async function createEmbedded(): Promise<Implementation> {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-contract-'));
  const aws = await startEmbeddedAws({ folder, host: '127.0.0.1', port: 0, abandonedQueues: [] });
  const clients = createLocalClients(aws.endpoint);
  const { s3, sqs } = clients;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await sqs.send(new CreateQueueCommand({ QueueName: 'postroom-test-support' }));
  await sqs.send(
    new CreateQueueCommand({
      QueueName: 'postroom-test-invoices.fifo',
      Attributes: { FifoQueue: 'true' },
    }),
  );
  return {
    rawMail: createS3RawMailReader(s3),
    claims: createS3ClaimWriter(s3, BUCKET),
    events: createSqsEventSender(sqs, {
      queueUrlBase: aws.queueUrlBase,
      configuration: parseConfiguration(createSampleConfiguration()),
    }),
    async putObject(Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
    },
    async readObject(Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      return (await Body?.transformToString()) ?? '';
    },
    async readBodies(queue) {
      const name = queue === 'invoices' ? 'invoices.fifo' : queue;
      const QueueUrl = `${aws.queueUrlBase}postroom-test-${name}`;
      const received = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      return (received.Messages ?? []).map(({ Body }) => Body ?? '');
    },
    async close() {
      clients.destroy();
      await aws.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describe.each([
  ['memory', createMemory],
  ['the embedded emulators', createEmbedded],
])('the ports of parse-mail over %s', (_, create) => {
  let ports: Implementation;
  beforeAll(async () => {
    ports = await create();
  });
  afterAll(async () => {
    await ports.close();
  });

  it('stream raw mail byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 512 }, (_byte, index) => index % 256));
    await ports.putObject('raw/ses/1/bytes', bytes);
    const stream = await ports.rawMail.openRawMail({ bucket: BUCKET, key: 'raw/ses/1/bytes' });
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces)).toEqual(bytes);
  });

  it('may be left in the middle of a raw mail', async () => {
    await ports.putObject('raw/ses/1/large', Buffer.alloc(2 * 1024 * 1024));
    const stream = await ports.rawMail.openRawMail({ bucket: BUCKET, key: 'raw/ses/1/large' });
    stream.destroy();
    const again = await ports.rawMail.openRawMail({ bucket: BUCKET, key: 'raw/ses/1/large' });
    expect((await text(again)).length).toBe(2 * 1024 * 1024);
  });

  it('fail for a mail that is not there, to be tried again, without naming it', async () => {
    const opening = ports.rawMail.openRawMail({ bucket: BUCKET, key: 'raw/ses/1/none' });
    await expect(opening).rejects.toMatchObject({
      code: 'peer-unavailable',
      isRetryable: true,
      fields: { peer: 'S3', name: 'NoSuchKey' },
      message: 'S3 answered NoSuchKey',
    });
  });

  it('keep a claim where they say, and take the same claim again', async () => {
    const json = '{"subject":"Grüße"}';
    const address = await ports.claims.writeClaim('e1-abc', json);
    expect(await ports.claims.writeClaim('e1-abc', json)).toEqual(address);
    expect(address).toEqual({ bucket: BUCKET, key: 'events/e1-abc.json' });
    expect(await ports.readObject(address.key)).toBe(json);
  });

  it.each(['support', 'invoices'])('put an event into the queue %s as it is', async (queue) => {
    const body = toSqsJson({ subject: '\uFFFE Grüße \u{1F600}' });
    await ports.events.sendEvent({ queue, eventId: `e1-${queue}`, groupId: 'one', body });
    expect(await ports.readBodies(queue)).toEqual([body]);
  });

  it('fail for a queue that does not exist', async () => {
    const sending = ports.events.sendEvent({
      queue: 'nowhere',
      eventId: 'e1-x',
      groupId: 'one',
      body: '{}',
    });
    await expect(sending).rejects.toMatchObject({
      code: 'peer-unavailable',
      fields: { peer: 'SQS' },
    });
  });
});

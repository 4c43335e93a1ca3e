import { text } from 'node:stream/consumers';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, it } from 'vitest';
import { createS3ClaimWriter } from '../../adapters/aws/s3-claim-writer.ts';
import { createS3RawMailReader } from '../../adapters/aws/s3-raw-mail-reader.ts';
import { createSqsEventSender } from '../../adapters/aws/sqs-event-sender.ts';
import {
  createLocalQueues,
  createMailDoor,
  localMailBucket,
} from '../../local/queues/create-resources.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { toSqsJson } from '../../mail/message/sqs-json.ts';
import type { ClaimWriter, EventSender, RawMailReader } from '../../mail/ports/ports.ts';
import type { AwsUnderTest } from '../support/aws-under-test.ts';
import { describeContract } from '../support/describe-contract.ts';
import { createMemoryPorts } from '../support/memory-ports.ts';
import { createSampleConfiguration } from '../support/sample-configuration.ts';
import { drainQueue } from '../support/drain-queue.ts';

const CONFIGURATION = parseConfiguration(createSampleConfiguration());
const BUCKET = localMailBucket('test');

/** The ports, and the view behind them that a test needs. */
interface Ports {
  readonly rawMail: RawMailReader;
  readonly claims: ClaimWriter;
  readonly events: EventSender;
  putObject(key: string, body: Buffer): Promise<void>;
  readObject(key: string): Promise<string>;
  /** Takes what is in a queue of the sample configuration. */
  readBodies(queue: string): Promise<readonly string[]>;
}

function createMemory(): Ports {
  const ports = createMemoryPorts(BUCKET, { support: 'standard', invoices: 'fifo' });
  return {
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
  };
}

async function createOverAws({ clients, queueUrlBase }: AwsUnderTest): Promise<Ports> {
  const { s3, sqs } = clients;
  await createLocalQueues(clients, CONFIGURATION);
  await createMailDoor(clients, 'test');
  return {
    rawMail: createS3RawMailReader(s3),
    claims: createS3ClaimWriter(s3, BUCKET),
    events: createSqsEventSender(sqs, { queueUrlBase, configuration: CONFIGURATION }),
    async putObject(Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
    },
    async readObject(Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      return (await Body?.transformToString()) ?? '';
    },
    readBodies(queue) {
      const { name } = queueNames('test', queue, CONFIGURATION.queues[queue]?.type);
      return drainQueue(sqs, `${queueUrlBase}${name}`);
    },
  };
}

describeContract(
  'the ports of parse-mail',
  { memory: createMemory, aws: createOverAws },
  (open) => {
    let ports: Ports;
    beforeAll(async () => {
      ports = await open();
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

    const sendAll = async (
      queue: string,
      eventIds: readonly string[],
    ): Promise<readonly string[]> => {
      for (const eventId of eventIds) {
        await ports.events.sendEvent({ queue, eventId, groupId: 'one', body: `"${eventId}"` });
      }
      return ports.readBodies(queue);
    };

    it('put an event that is sent again into a standard queue again', async () => {
      expect(await sendAll('support', ['e1-again', 'e1-again'])).toEqual([
        '"e1-again"',
        '"e1-again"',
      ]);
    });

    it('put an event that is sent again into a FIFO queue once, also when it was taken since', async () => {
      expect(await sendAll('invoices', ['e1-twice', 'e1-other', 'e1-twice'])).toEqual([
        '"e1-twice"',
        '"e1-other"',
      ]);
      expect(await sendAll('invoices', ['e1-twice'])).toEqual([]);
    });

    it('keep the order of a group in a FIFO queue', async () => {
      const eventIds = Array.from({ length: 12 }, (_, index) => `e1-ordered-${index}`);
      expect(await sendAll('invoices', eventIds)).toEqual(eventIds.map((id) => `"${id}"`));
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
  },
);

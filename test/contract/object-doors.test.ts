import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { createLocalClients } from '../../local/emulators/create-clients.ts';
import { startEmbeddedAws } from '../../local/emulators/embedded-aws.ts';
import { createArrivalNotice } from '../../mail/contracts/create-arrival-notice.ts';
import { readArrival } from '../../mail/contracts/read-arrival.ts';
import type {
  ArrivalAnnouncer,
  ObjectCopier,
  ObjectHeadReader,
} from '../../mail/ports/door-ports.ts';
import { computeETag, createMemoryDoors } from '../support/memory-doors.ts';

const BUCKET = 'mail-bucket';

/** An implementation of the ports, and the view behind them that a test needs. */
interface Implementation {
  readonly objects: ObjectHeadReader & ObjectCopier;
  readonly arrivals: ArrivalAnnouncer;
  putObject(key: string, body: Buffer, metadata?: Record<string, string>): Promise<void>;
  readObject(key: string): Promise<Buffer | undefined>;
  /** Takes a message of the arrivals queue. */
  readNotice(): Promise<string>;
  close(): Promise<void>;
}

function createMemory(): Promise<Implementation> {
  const { stored, notices, objects, arrivals } = createMemoryDoors();
  return Promise.resolve({
    objects,
    arrivals,
    putObject(key, bytes, metadata = {}) {
      stored.set(`${BUCKET}/${key}`, { bytes, metadata });
      return Promise.resolve();
    },
    readObject: (key) => Promise.resolve(stored.get(`${BUCKET}/${key}`)?.bytes),
    readNotice: () => Promise.resolve(JSON.stringify(notices.shift())),
    close: () => Promise.resolve(),
  });
}

async function createEmbedded(): Promise<Implementation> {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-doors-'));
  const aws = await startEmbeddedAws({ folder, host: '127.0.0.1', port: 0, abandonedQueues: [] });
  const clients = createLocalClients(aws.endpoint);
  const { s3, sqs } = clients;
  const arrivalsUrl = `${aws.queueUrlBase}postroom-test-arrivals`;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await sqs.send(new CreateQueueCommand({ QueueName: 'postroom-test-arrivals' }));
  return {
    objects: createS3ObjectStore(s3),
    arrivals: createSqsArrivalAnnouncer(sqs, arrivalsUrl),
    async putObject(Key, Body, Metadata) {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, Metadata }));
    },
    async readObject(Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      return Body === undefined ? undefined : Buffer.from(await Body.transformToByteArray());
    },
    async readNotice() {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: arrivalsUrl, WaitTimeSeconds: 5 }),
      );
      return Messages[0]?.Body ?? '';
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
])('the ports of the object doors over %s', (_, create) => {
  let ports: Implementation;
  beforeAll(async () => {
    ports = await create();
  });
  afterAll(async () => {
    await ports.close();
  });

  const BYTES = Buffer.from('0123456789');
  const describeObject = (key: string, eTag = computeETag(BYTES)) => ({
    bucket: BUCKET,
    key,
    versionId: undefined,
    eTag,
    bytes: BYTES.length,
  });

  it.each([
    [9, '012345678'],
    [10, '0123456789'],
    [11, '0123456789'],
  ])('read at most %i bytes of an object', async (maxBytes, expected) => {
    await ports.putObject('in/ten', BYTES);
    const { bytes } = await ports.objects.readHead({ bucket: BUCKET, key: 'in/ten' }, maxBytes);
    expect(String(bytes)).toBe(expected);
  });

  it('say what the writer said beside it, and the same time each time', async () => {
    await ports.putObject('in/told', BYTES, { to: 'support@example.com', from: '<>' });
    const address = { bucket: BUCKET, key: 'in/told' };
    const first = await ports.objects.readHead(address, 10);
    const second = await ports.objects.readHead(address, 10);
    expect(first.metadata.get('to')).toBe('support@example.com');
    expect(first.metadata.get('from')).toBe('<>');
    expect(second.storedAt).toEqual(first.storedAt);
  });

  it.each(['in/plain.eml', 'in/my mail + (1) 100%.eml', 'in/grüße.eml'])(
    'copy %s byte for byte, again and again, and nothing that stood beside it',
    async (key) => {
      await ports.putObject(key, BYTES, { to: 'support@example.com' });
      const target = { bucket: BUCKET, key: 'raw/drop/copied' };
      await ports.objects.copyObject(describeObject(key), target);
      await ports.objects.copyObject(describeObject(key), target);
      expect(await ports.readObject('raw/drop/copied')).toEqual(BYTES);
      expect((await ports.objects.readHead(target, 10)).metadata.size).toBe(0);
    },
  );

  it('read an object by its bytes, and fail when others stand there by now', async () => {
    await ports.putObject('in/changed', BYTES);
    const told = describeObject('in/changed');
    expect((await ports.objects.readHead(told, 10)).bytes).toEqual(BYTES);
    await ports.putObject('in/changed', Buffer.from('other'));
    await expect(ports.objects.readHead(told, 10)).rejects.toMatchObject({
      code: 'peer-unavailable',
      fields: { peer: 'S3', name: 'PreconditionFailed' },
    });
  });

  it('fail for an object that is not there, to be tried again', async () => {
    const missing = describeObject('in/none');
    const expected = { code: 'peer-unavailable', fields: { peer: 'S3', name: 'NoSuchKey' } };
    await expect(ports.objects.readHead(missing, 10)).rejects.toMatchObject(expected);
    await expect(
      ports.objects.copyObject(missing, { bucket: BUCKET, key: 'raw/drop/x' }),
    ).rejects.toMatchObject({ code: 'peer-unavailable' });
  });

  it('put a notice into the arrivals queue as parse-mail reads it', async () => {
    const arrived = {
      arrival: {
        arrivalId: 'drop-1',
        door: 'drop',
        receivedAt: '2026-11-24T09:00:00.000Z',
        raw: { bucket: BUCKET, key: 'raw/drop/drop-1' },
      },
      envelope: { sender: '', recipients: ['süß@example.com'], source: 'headers' },
      verdicts: {
        spam: 'DISABLED',
        virus: 'DISABLED',
        spf: 'DISABLED',
        dkim: 'DISABLED',
        dmarc: 'DISABLED',
      },
    } as const;
    await ports.arrivals.announceArrival(createArrivalNotice(arrived));
    expect(readArrival(await ports.readNotice(), BUCKET)?.arrived).toEqual(arrived);
  });
});

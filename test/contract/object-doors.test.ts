import { GetObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, it } from 'vitest';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import {
  createLocalQueues,
  createMailDoor,
  localDropBucket,
  localMailBucket,
} from '../../local/queues/create-resources.ts';
import { arrivalsQueueNames } from '../../local/queues/plan-queues.ts';
import { createArrivalNotice } from '../../mail/contracts/create-arrival-notice.ts';
import { readArrival } from '../../mail/contracts/read-arrival.ts';
import type {
  ArrivalAnnouncer,
  ObjectCopier,
  ObjectHeadReader,
  StoredObject,
} from '../../mail/ports/door-ports.ts';
import { type AwsUnderTest, LOCAL_AWS } from '../support/aws-under-test.ts';
import { describeContract } from '../support/describe-contract.ts';
import { computeETag, createMemoryDoors } from '../support/memory-doors.ts';
import { drainQueue } from '../support/drain-queue.ts';

const MAIL_BUCKET = localMailBucket('test');
const DROP_BUCKET = localDropBucket('test');

/** The ports, and the view behind them that a test needs. */
interface Ports {
  readonly objects: ObjectHeadReader & ObjectCopier;
  readonly arrivals: ArrivalAnnouncer;
  /** @returns The object as an event of S3 tells of it. */
  dropObject(key: string, body: Buffer, metadata?: Record<string, string>): Promise<StoredObject>;
  /** Reads an object of the mail bucket. */
  readObject(key: string): Promise<Buffer | undefined>;
  /** Takes what is in the arrivals queue. */
  readNotices(): Promise<readonly string[]>;
}

function createMemory(versions: 'versioned' | 'unversioned'): Ports {
  const { stored, notices, objects, arrivals } = createMemoryDoors();
  let drops = 0;
  return {
    objects,
    arrivals,
    dropObject(key, bytes, metadata = {}) {
      drops += 1;
      const versionId = versions === 'versioned' ? `version-${drops}` : undefined;
      const object = { bytes, metadata };
      stored.set(`${DROP_BUCKET}/${key}`, object);
      if (versionId !== undefined) stored.set(`${DROP_BUCKET}/${key}?${versionId}`, object);
      return Promise.resolve(describeDrop(key, bytes, versionId));
    },
    readObject: (key) => Promise.resolve(stored.get(`${MAIL_BUCKET}/${key}`)?.bytes),
    readNotices: () => Promise.resolve(notices.splice(0).map((notice) => JSON.stringify(notice))),
  };
}

async function createOverAws({ clients, queueUrlBase }: AwsUnderTest): Promise<Ports> {
  const { s3, sqs } = clients;
  const arrivalsUrl = `${queueUrlBase}${arrivalsQueueNames('test').name}`;
  await createLocalQueues(clients, { environment: 'test', queues: {} });
  await createMailDoor(clients, 'test');
  return {
    objects: createS3ObjectStore(s3),
    arrivals: createSqsArrivalAnnouncer(sqs, arrivalsUrl),
    async dropObject(Key, Body, Metadata) {
      const { VersionId } = await s3.send(
        new PutObjectCommand({ Bucket: DROP_BUCKET, Key, Body, Metadata }),
      );
      return describeDrop(Key, Body, VersionId);
    },
    async readObject(Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: MAIL_BUCKET, Key }));
      return Body === undefined ? undefined : Buffer.from(await Body.transformToByteArray());
    },
    readNotices: () => drainQueue(sqs, arrivalsUrl),
  };
}

/** The drop bucket as it is deployed. */
async function createVersioned(aws: AwsUnderTest): Promise<Ports> {
  const ports = await createOverAws(aws);
  await aws.clients.s3.send(
    new PutBucketVersioningCommand({
      Bucket: DROP_BUCKET,
      VersioningConfiguration: { Status: 'Enabled' },
    }),
  );
  return ports;
}

const BYTES = Buffer.from('0123456789');

const describeDrop = (key: string, bytes: Buffer, versionId: string | undefined): StoredObject => ({
  bucket: DROP_BUCKET,
  key,
  versionId,
  eTag: computeETag(bytes),
  bytes: bytes.length,
});

const MAKERS = { memory: () => createMemory('unversioned'), aws: createOverAws };

describeContract('the ports of the object doors', MAKERS, (open) => {
  let ports: Ports;
  beforeAll(async () => {
    ports = await open();
  });

  it.each([
    [9, '012345678'],
    [10, '0123456789'],
    [11, '0123456789'],
  ])('read at most %i bytes of an object', async (maxBytes, expected) => {
    const { bytes } = await ports.objects.readHead(
      await ports.dropObject('in/ten', BYTES),
      maxBytes,
    );
    expect(String(bytes)).toBe(expected);
  });

  it('say what the writer said beside it, and the same time each time', async () => {
    const told = { to: 'support@example.com', from: '<>' };
    const object = await ports.dropObject('in/told', BYTES, told);
    const first = await ports.objects.readHead(object, 10);
    const second = await ports.objects.readHead(object, 10);
    expect(first.metadata.get('to')).toBe('support@example.com');
    expect(first.metadata.get('from')).toBe('<>');
    expect(second.storedAt).toEqual(first.storedAt);
  });

  it.each(['in/plain.eml', 'in/my mail + (1) 100%.eml', 'in/grüße.eml'])(
    'copy %s byte for byte, again and again, and nothing that stood beside it',
    async (key) => {
      const object = await ports.dropObject(key, BYTES, { to: 'support@example.com' });
      const target = { bucket: MAIL_BUCKET, key: 'raw/drop/copied' };
      await ports.objects.copyObject(object, target);
      await ports.objects.copyObject(object, target);
      expect(await ports.readObject('raw/drop/copied')).toEqual(BYTES);
      expect((await ports.objects.readHead(target, 10)).metadata.size).toBe(0);
    },
  );

  it('read an object by its bytes, and fail when others stand there by now', async () => {
    const told = await ports.dropObject('in/changed', BYTES);
    expect((await ports.objects.readHead(told, 10)).bytes).toEqual(BYTES);
    await ports.dropObject('in/changed', Buffer.from('other'));
    const expected = {
      code: 'peer-unavailable',
      fields: { peer: 'S3', name: 'PreconditionFailed' },
    };
    await expect(ports.objects.readHead(told, 10)).rejects.toMatchObject(expected);
    const target = { bucket: MAIL_BUCKET, key: 'raw/drop/changed' };
    await expect(ports.objects.copyObject(told, target)).rejects.toMatchObject(expected);
  });

  it('fail for an object that is not there, to be tried again', async () => {
    const missing = describeDrop('in/none', BYTES, undefined);
    const expected = { code: 'peer-unavailable', fields: { peer: 'S3', name: 'NoSuchKey' } };
    await expect(ports.objects.readHead(missing, 10)).rejects.toMatchObject(expected);
    const target = { bucket: MAIL_BUCKET, key: 'raw/drop/none' };
    await expect(ports.objects.copyObject(missing, target)).rejects.toMatchObject(expected);
  });

  it('put a notice into the arrivals queue as parse-mail reads it', async () => {
    const arrived = {
      arrival: {
        arrivalId: 'drop-1',
        door: 'drop',
        receivedAt: '2026-11-24T09:00:00.000Z',
        raw: { bucket: MAIL_BUCKET, key: 'raw/drop/drop-1' },
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
    const notices = await ports.readNotices();
    expect(notices.map((notice) => readArrival(notice, MAIL_BUCKET)?.arrived)).toEqual([arrived]);
  });
});

// QUIRK(fauxqs): it keeps no versions, so the local run tells drops apart by their bytes, as above.
const VERSIONED = {
  memory: () => createMemory('versioned'),
  aws: createVersioned,
  players: [LOCAL_AWS],
};

describeContract('a drop bucket that keeps versions', VERSIONED, (open) => {
  let ports: Ports;
  beforeAll(async () => {
    ports = await open();
  });

  it('has the bytes that were told of, whatever came under their key since', async () => {
    const first = await ports.dropObject('in/twice', BYTES, { to: 'support@example.com' });
    const second = await ports.dropObject('in/twice', Buffer.from('other'));
    expect(second.versionId).not.toBe(first.versionId);
    const head = await ports.objects.readHead(first, 10);
    expect(head.bytes).toEqual(BYTES);
    expect(head.metadata.get('to')).toBe('support@example.com');
    expect(String((await ports.objects.readHead(second, 10)).bytes)).toBe('other');
  });

  it('gives a copy of the version that was told of', async () => {
    const first = await ports.dropObject('in/copied', BYTES);
    await ports.dropObject('in/copied', Buffer.from('other'));
    await ports.objects.copyObject(first, { bucket: MAIL_BUCKET, key: 'raw/drop/version' });
    expect(await ports.readObject('raw/drop/version')).toEqual(BYTES);
  });
});

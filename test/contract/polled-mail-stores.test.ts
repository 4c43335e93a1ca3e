import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3KnownListStore } from '../../adapters/aws/s3-known-list-store.ts';
import { createS3RawMailWriter } from '../../adapters/aws/s3-raw-mail-writer.ts';
import { createSqsArrivalAnnouncer } from '../../adapters/aws/sqs-arrival-announcer.ts';
import { createLocalClients } from '../../local/emulators/create-clients.ts';
import { startEmbeddedAws } from '../../local/emulators/embedded-aws.ts';
import { createArrivalNotice } from '../../mail/contracts/create-arrival-notice.ts';
import { NOT_SCANNED } from '../../mail/contracts/verdicts.ts';
import { PeerProtocolError, PeerUnavailableError } from '../../mail/errors.ts';
import type { KnownListStore } from '../../mail/polling/mailbox-state.ts';
import { createMemoryKnownLists } from '../support/memory-mailbox-states.ts';

const BUCKET = 'mail-bucket';
const MIB = 1024 * 1024;

async function openAws() {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-polled-'));
  const aws = await startEmbeddedAws({ folder, host: '127.0.0.1', port: 0, abandonedQueues: [] });
  const clients = createLocalClients(aws.endpoint);
  await clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await clients.sqs.send(new CreateQueueCommand({ QueueName: 'postroom-test-arrivals' }));
  return {
    ...clients,
    arrivalsUrl: `${aws.queueUrlBase}postroom-test-arrivals`,
    async readObject(Key: string) {
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async listKeys() {
      const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
      return Contents.map(({ Key = '' }) => Key);
    },
    async close() {
      clients.destroy();
      await aws.close();
      rmSync(folder, { recursive: true });
    },
  };
}

let aws: Awaited<ReturnType<typeof openAws>>;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());

describe('raw mail in S3', () => {
  it('is what was written, whole or as a stream of several parts', async () => {
    const writer = createS3RawMailWriter(aws.s3);
    const large = Buffer.alloc(11 * MIB, 'mail ');
    const pieces = Array.from({ length: 22 }, (_, at) =>
      large.subarray((at * MIB) / 2, ((at + 1) * MIB) / 2),
    );
    await writer.writeRawMail({ bucket: BUCKET, key: 'raw/imap/small' }, Buffer.from('small'));
    await writer.writeRawMail({ bucket: BUCKET, key: 'raw/imap/large' }, Readable.from(pieces));
    expect((await aws.readObject('raw/imap/small')).toString()).toBe('small');
    expect((await aws.readObject('raw/imap/large')).equals(large)).toBe(true);
  });

  it('is not there when its stream breaks off, and the error is the stream\u2019s own', async () => {
    const writer = createS3RawMailWriter(aws.s3);
    const broken = new PeerProtocolError('half a mail');
    for (const bytes of [10, 11 * MIB]) {
      const stream = Readable.from(
        (async function* breakOff() {
          yield Buffer.alloc(bytes);
          await Promise.resolve();
          throw broken;
        })(),
      );
      const address = { bucket: BUCKET, key: `raw/imap/broken-${bytes}` };
      await expect(writer.writeRawMail(address, stream)).rejects.toBe(broken);
    }
    expect((await aws.listKeys()).filter((key) => key.includes('broken'))).toEqual([]);
  });

  it('that S3 does not take is S3\u2019s failure, and the stream is let go', async () => {
    const writer = createS3RawMailWriter(aws.s3);
    const address = { bucket: 'no-such-bucket', key: 'raw/imap/lost' };
    const stream = Readable.from([Buffer.alloc(6 * MIB), Buffer.alloc(6 * MIB)]);
    await expect(writer.writeRawMail(address, stream)).rejects.toThrow(PeerUnavailableError);
    expect(stream.destroyed).toBe(true);
    await expect(writer.writeRawMail(address, Buffer.from('x'))).rejects.toThrow(
      PeerUnavailableError,
    );
  });
});

describe.each([
  { name: 'memory', create: (): KnownListStore => createMemoryKnownLists() },
  { name: 'S3', create: (): KnownListStore => createS3KnownListStore(aws.s3, BUCKET) },
])('lists of known mails in $name', ({ create }) => {
  it('are read as they were written last, each mailbox its own, and are gone when removed', async () => {
    const lists = create();
    expect(await lists.readList('vendor', 'pop3-known-1')).toBeUndefined();
    await lists.writeList('vendor', 'pop3-known-1', Buffer.from('one'));
    await lists.writeList('vendor', 'pop3-known-1', Buffer.from('two'));
    await lists.writeList('other', 'pop3-known-1', Buffer.from('three'));
    expect((await lists.readList('vendor', 'pop3-known-1'))?.toString()).toBe('two');
    await lists.removeList('vendor', 'pop3-known-1');
    await lists.removeList('vendor', 'pop3-known-1');
    expect(await lists.readList('vendor', 'pop3-known-1')).toBeUndefined();
    expect((await lists.readList('other', 'pop3-known-1'))?.toString()).toBe('three');
  });
});

describe('ten arrivals', () => {
  const createNotice = (index: number) =>
    createArrivalNotice({
      arrival: {
        arrivalId: `imap-vendor-${index}`,
        door: 'imap',
        receivedAt: '2026-11-24T09:00:00.000Z',
        raw: { bucket: BUCKET, key: `raw/imap/${index}` },
      },
      envelope: { sender: '\uFFFE', recipients: ['a@b.example'], source: 'headers' },
      verdicts: NOT_SCANNED,
    });

  it('are announced in one request, whatever is in them', async () => {
    const notices = Array.from({ length: 10 }, (_, index) => createNotice(index));
    await createSqsArrivalAnnouncer(aws.sqs, aws.arrivalsUrl).announceArrivals(notices);
    const { Messages = [] } = await aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: aws.arrivalsUrl, MaxNumberOfMessages: 10 }),
    );
    const read = Messages.map(({ Body = '' }) => JSON.parse(Body) as unknown);
    expect(read).toHaveLength(10);
    for (const notice of notices) expect(read).toContainEqual(notice);
  });

  it('of which the queue does not take all are a failure', async () => {
    const announcer = createSqsArrivalAnnouncer(aws.sqs, `${aws.arrivalsUrl}-none`);
    await expect(announcer.announceArrivals([createNotice(1)])).rejects.toThrow(
      PeerUnavailableError,
    );
  });
});

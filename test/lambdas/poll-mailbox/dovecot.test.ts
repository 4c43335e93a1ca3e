import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createS3RawMailWriter } from '../../../adapters/aws/s3-raw-mail-writer.ts';
import { EMBEDDED } from '../../support/aws-under-test.ts';
import { dovecot } from '../../support/dovecot/dovecot.ts';
import { type Dovecot, startDovecot } from '../../support/dovecot/start-dovecot.ts';
import { createPolledMailText } from '../../support/poll-world.ts';
import { describeWith } from '../../support/requirement.ts';
import { type DovecotWorldOptions, startDovecotWorld, toMessageIds } from './dovecot-world.ts';

/** LIMIT: what the issue allows to an idle poll. */
const MAX_IDLE_COMMANDS = 12;
/** Less than one of the mails that lie in an idle mailbox. */
const IDLE_BYTES = 4_000;
/** Of 20 KB. */
const LONG_TEXT = `${'x'.repeat(76)}\r\n`.repeat(256);

const HUGE_BYTES = 40_000_000;

/** An S3 that has the bucket for raw mail. */
async function startStore() {
  const { clients, close } = await EMBEDDED.start();
  onTestFinished(close);
  await clients.s3.send(new CreateBucketCommand({ Bucket: 'mail-bucket' }));
  return clients.s3;
}

describeWith([dovecot], 'a poll of Dovecot', () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot();
  });
  afterAll(() => server.stop());

  describe.each(['imap', 'pop3'] as const)('by %s', (protocol) => {
    const startWorld = (options?: DovecotWorldOptions) =>
      startDovecotWorld(server, protocol, options);

    it('takes what came since the last one, and leaves all flags as they are', async () => {
      const world = await startWorld();
      world.deliver(['one', 'two']);
      await world.mailbox.addFlags('INBOX', [1], '\\Flagged');
      await world.poll();
      world.deliver(['three']);
      expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1, fault: null });
      await world.handleArrivals();
      expect(world.readReceived()).toEqual(toMessageIds(['one', 'two', 'three']));
      expect(await world.mailbox.listMails()).toEqual([
        { uid: 1, flags: ['\\Flagged'] },
        { uid: 2, flags: [] },
        { uid: 3, flags: [] },
      ]);
    });

    it('deletes what is safe, and no mail that was there before', async () => {
      const world = await startWorld({ mailbox: { begin: 'now', afterwards: 'delete' } });
      world.deliver(['old']);
      await world.poll();
      world.deliver(['new']);
      expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1, changed: 1 });
      await world.handleArrivals();
      expect(world.readReceived()).toEqual(toMessageIds(['new']));
      expect(await world.mailbox.listMails()).toEqual([{ uid: 1, flags: [] }]);
    });

    it('takes 2,000 mails, a few hundred at a time, each once', { timeout: 60_000 }, async () => {
      const world = await startWorld();
      world.deliver(Array.from({ length: 2000 }, (_, index) => `mail-${index}`));
      const polls = [];
      do polls.push(await world.poll());
      while (polls.at(-1)?.isMore === true && polls.length < 10);
      expect(polls.map(({ mails }) => mails)).toEqual([500, 500, 500, 500]);
      expect(world.readRawKeys()).toHaveLength(2000);
      expect(new Set(world.notices.map(({ arrived }) => arrived.arrival.arrivalId)).size).toBe(
        2000,
      );
    });

    it('stores a mail of 40 MB in full, in parts', { timeout: 60_000 }, async () => {
      const s3 = await startStore();
      const world = await startWorld({ ports: { rawMail: createS3RawMailWriter(s3) } });
      const text = LONG_TEXT.repeat(Math.ceil(HUGE_BYTES / LONG_TEXT.length));
      world.deliver(['huge'], { text });
      expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1 });
      const [address] = world.notices.map(({ arrived }) => arrived.arrival.raw);
      const { Body, ETag } = await s3.send(
        new GetObjectCommand({ Bucket: address?.bucket, Key: address?.key }),
      );
      const stored = Buffer.from((await Body?.transformToByteArray()) ?? []);
      expect(stored.equals(Buffer.from(createPolledMailText('huge', { text })))).toBe(true);
      // As many parts as S3's names of such objects say.
      expect(ETag).toMatch(/-8"$/);
    });

    it('lets one of two at once do it, and the other go', async () => {
      const world = await startWorld();
      world.deliver(['one', 'two']);
      const reports = await Promise.all([world.poll(), world.poll()]);
      expect(reports.map(({ outcome }) => outcome)).toEqual(['polled', 'busy']);
      expect(world.notices).toHaveLength(2);
    });

    it('of a mailbox without new mail sends a few commands and gets no byte of a mail', async () => {
      const world = await startWorld();
      world.deliver(['one', 'two'], { text: LONG_TEXT });
      await world.poll();
      world.tap.reset();
      expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 0 });
      const commands = world.listCommands();
      expect(commands.length).toBeGreaterThan(0);
      expect(commands.length).toBeLessThanOrEqual(MAX_IDLE_COMMANDS);
      expect(commands.filter((name) => /FETCH|RETR|TOP/.test(name))).toEqual([]);
      expect(world.tap.receivedBytes()).toBeLessThan(IDLE_BYTES);
    });
  });

  it('moves what is safe to a folder that was missing', async () => {
    const world = await startDovecotWorld(server, 'imap', {
      mailbox: { afterwards: { move: 'Done' } },
    });
    world.deliver(['one', 'two']);
    expect(await world.poll()).toMatchObject({ outcome: 'polled', changed: 2 });
    expect(await world.mailbox.listMails()).toEqual([]);
    expect(await world.mailbox.listMails('Done')).toHaveLength(2);
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 0 });
  });

  it.each(['delete', { move: 'Done' }] as const)(
    'leaves the mail that a stranger has marked as deleted, when it is to %j others',
    async (afterwards) => {
      const world = await startDovecotWorld(server, 'imap', {
        mailbox: { begin: 'now', afterwards },
      });
      world.deliver(['stranger']);
      await world.poll();
      await world.mailbox.addFlags('INBOX', [1], '\\Deleted');
      world.deliver(['ours']);
      expect(await world.poll()).toMatchObject({ outcome: 'polled', changed: 1 });
      expect(await world.mailbox.listMails()).toEqual([{ uid: 1, flags: ['\\Deleted'] }]);
    },
  );

  it('gets less than a twentieth again when the UIDs become void, and nothing comes in twice', async () => {
    const world = await startDovecotWorld(server, 'imap');
    const names = Array.from({ length: 60 }, (_, index) => `mail-${index}`);
    world.deliver(names, { text: LONG_TEXT });
    await world.mailbox.setUidValidity('INBOX', 1);
    await world.poll();
    const bytes = world.tap.receivedBytes();
    expect(bytes).toBeGreaterThan(60 * LONG_TEXT.length);
    await world.mailbox.setUidValidity('INBOX', 2);
    world.tap.reset();
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 0, known: 60 });
    expect(world.tap.receivedBytes()).toBeLessThan(bytes / 20);
    expect(world.notices).toHaveLength(60);
    world.deliver(['new']);
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1 });
  });

  it('tells of a folder that was deleted, and goes on when it is made again', async () => {
    const world = await startDovecotWorld(server, 'imap', { mailbox: { folders: ['Bills'] } });
    await world.mailbox.createFolder('Bills');
    await world.mailbox.setUidValidity('Bills', 1);
    world.deliver(['one'], { folder: 'Bills' });
    await world.poll();
    await world.mailbox.deleteFolder('Bills');
    expect(await world.poll()).toMatchObject({ fault: { code: 'folder-missing' }, mails: 0 });
    await world.mailbox.createFolder('Bills');
    world.deliver(['one', 'two'], { folder: 'Bills' });
    expect(await world.poll()).toMatchObject({ outcome: 'polled', fault: null, mails: 1 });
    await world.handleArrivals();
    expect(world.readReceived()).toEqual(toMessageIds(['one', 'two']));
  });
});

describeWith([dovecot], 'a poll of Dovecot without UIDPLUS and MOVE', () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot({ without: ['UIDPLUS', 'MOVE'] });
  });
  afterAll(() => server.stop());

  it.each(['delete', { move: 'Done' }] as const)(
    'that is to %j is refused before anything is fetched',
    async (afterwards) => {
      const world = await startDovecotWorld(server, 'imap', { mailbox: { afterwards } });
      world.deliver(['one']);
      expect(await world.poll()).toMatchObject({
        outcome: 'failed',
        mails: 0,
        fault: { code: 'mailbox-unsuitable' },
      });
      expect(world.listCommands()).not.toContain('UID FETCH');
      expect(world.listCommands()).not.toContain('SELECT');
      expect(world.readRawKeys()).toEqual([]);
      expect(await world.mailbox.listMails()).toEqual([{ uid: 1, flags: [] }]);
    },
  );

  it('takes mail all the same where it is left', async () => {
    const world = await startDovecotWorld(server, 'imap');
    world.deliver(['one']);
    expect(await world.poll()).toMatchObject({ outcome: 'polled', mails: 1 });
  });
});

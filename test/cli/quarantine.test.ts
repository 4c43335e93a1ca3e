import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { peekLocalQueue } from '../../local/queues.ts';
import { listDays } from '../../cli/quarantine/choose-held.ts';
import { startMailRoomFolder } from '../support/mail-room-folder.ts';
import { createObjectEvent } from '../support/sample-object-event.ts';
import { SAMPLE_MAIL } from '../support/sample-mail.ts';

type Room = Awaited<ReturnType<typeof startMailRoomFolder>>;

const NOBODY = ['nobody@example.com'];
const CONFIGURATION = {
  receiving: { domains: [{ domain: 'example.com', addresses: ['support'] }] },
};

/** A room in which one mail is held: nobody listed its recipient. */
async function startHoldingRoom(): Promise<Room> {
  const room = await startMailRoomFolder(CONFIGURATION);
  await room.play({ messageId: 'held', mail: SAMPLE_MAIL, recipients: NOBODY });
  return room;
}

const readTypes = async ({ run }: Room, queue: string): Promise<readonly unknown[]> => {
  const messages = (await peekLocalQueue(run.endpoints, queue)) ?? [];
  return messages.map(({ body }) => (JSON.parse(body) as { readonly type: unknown }).type);
};

describe('postroom quarantine', () => {
  it('lists what is held, and shows what is kept of it', async () => {
    const room = await startHoldingRoom();
    const listed = await room.postroom('quarantine', 'list');
    expect(listed).toMatchObject({ status: 0, stderr: '' });
    expect(listed.stdout).toContain('ses-1-held  bounce@sender.example → nobody@example.com\n');
    expect(listed.stdout).toContain('unlisted-recipient: the address is not listed');
    const { stdout } = await room.postroom('quarantine', 'show', 'ses-1-held');
    expect(stdout).toMatch(/ {2}raw +s3:\/\/.*\/raw\/ses\/1\/held\n/);
    expect(stdout).toMatch(/ {2}versions +Postroom \d+\.\d+\.\d+, Node v\d+/);
    const { stdout: json } = await room.postroom('quarantine', 'list', '--json');
    expect(JSON.parse(json)).toMatchObject({ heldId: 'ses-1-held', state: 'held' });
  });

  it('sends a mail through the rules again, by its reason, and holds it again for it', async () => {
    const room = await startHoldingRoom();
    const retried = await room.postroom('quarantine', 'retry', '--reason', 'unlisted-recipient');
    expect(retried).toMatchObject({ status: 0, stdout: 'ses-1-held  tried again\n' });
    expect(await room.waitFor('mail', 2)).toMatchObject([
      { outcome: 'quarantined' },
      { outcome: 'quarantined' },
    ]);
    const { stdout } = await room.postroom('quarantine', 'list', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ heldId: 'ses-1-held', state: 'held' });
  });

  it('lets a mail out past what sent it there', async () => {
    const room = await startHoldingRoom();
    const released = await room.postroom('quarantine', 'release', 'ses-1-held');
    expect(released).toMatchObject({ status: 0, stdout: 'ses-1-held  released\n' });
    const [, sent] = await room.waitFor('mail', 2);
    expect(sent).toMatchObject({ outcome: 'sent', to: NOBODY });
    const queue = `postroom-test-${sent?.queue ?? ''}`;
    const types = [...(await readTypes(room, queue)), ...(await readTypes(room, `${queue}.fifo`))];
    expect(types).toContain('mail.received');
    const { stderr } = await room.postroom('quarantine', 'list');
    expect(stderr).toBe('nothing is held\n');
    const { stdout } = await room.postroom('quarantine', 'list', '--all');
    expect(stdout).toContain('(released)');
  });

  it('deletes a mail only when that is written out', async () => {
    const room = await startHoldingRoom();
    const key = { Bucket: room.run.endpoints.mailBucket, Key: 'raw/ses/1/held' };
    const asked = await room.postroom('quarantine', 'delete', 'ses-1-held');
    expect(asked.stdout).toContain('--act does it');
    await room.clients.s3.send(new HeadObjectCommand(key));
    await room.postroom('quarantine', 'delete', 'ses-1-held', '--act');
    await expect(room.clients.s3.send(new HeadObjectCommand(key))).rejects.toThrow();
    expect((await room.postroom('quarantine', 'list')).stderr).toBe('nothing is held\n');
  });

  it('shows what ended in a dead-letter queue, and puts it back where it came from', async () => {
    const room = await startMailRoomFolder(CONFIGURATION);
    const { queueUrlBase } = room.run.endpoints;
    // The door passes it over when it is put back.
    const event = createObjectEvent({ key: 'in/scan.pdf', eventName: 'ObjectRemoved:Delete' });
    await room.clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: `${queueUrlBase}postroom-test-drops-dead`,
        MessageBody: JSON.stringify(event),
      }),
    );
    expect(await room.waitFor('trouble')).toMatchObject([
      { message: '1 from a dead-letter queue: npx postroom quarantine list' },
    ]);
    const listed = await room.postroom('quarantine', 'list');
    expect(listed.stdout).toMatch(
      /^message-\S+ {2}a message of the queue drops: s3:\/\/drop-bucket\/in\/scan\.pdf$/m,
    );
    expect(await readTypes(room, 'postroom-test-inbox.fifo')).toContain('message.quarantined');
    const retried = await room.postroom('quarantine', 'retry', '--reason', 'drop-failed');
    expect(retried.stdout).toMatch(/^message-\S+ {2}put back into drops$/m);
    expect((await room.postroom('quarantine', 'list')).stderr).toBe('nothing is held\n');
  });

  it('says in one line what is missing or unknown', async () => {
    const room = await startMailRoomFolder(CONFIGURATION);
    expect(await room.postroom('quarantine', 'retry')).toMatchObject({
      status: 2,
      stderr:
        'postroom: quarantine retry: expected an id or --reason CODE; `npx postroom quarantine list` shows both\n',
    });
    expect(await room.postroom('quarantine', 'show', 'none')).toMatchObject({
      status: 1,
      stderr:
        'postroom: quarantine show: nothing like that is held; --since says how far back to look\n',
    });
  });
});

describe('listDays', () => {
  it.each([
    ['2026-11-24T00:00:00Z', '2026-11-24T23:59:59Z', ['2026-11-24']],
    ['2026-11-23T23:59:59Z', '2026-11-24T00:00:00Z', ['2026-11-23', '2026-11-24']],
  ])('lists the days from %s to %s', (from, to, days) => {
    expect(listDays(Date.parse(from), Date.parse(to))).toEqual(days);
  });
});

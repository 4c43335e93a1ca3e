import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDynamoDbLedger } from '../../adapters/aws/dynamodb-ledger.ts';
import { type ArrivalRow, readDecision } from '../../adapters/aws/ledger-rows.ts';
import { createLocalDynamodb } from '../../local/emulators/create-clients.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import { createSampleFolder } from '../support/command-line-sample.ts';
import { startMailRoomFolder } from '../support/mail-room-folder.ts';
import { runPostroom } from '../support/run-postroom.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, writeMail } from '../support/sample-mail.ts';

type Room = Awaited<ReturnType<typeof startMailRoomFolder>>;

const TABLE = 'postroom-test';
const LARGE_MAIL = writeMail(SAMPLE_HEADERS, 'All of it burns.\r\n'.repeat(5000));
const BOTH = ['support@example.com', 'hello@example.com'];

function openTable({ run }: Room) {
  const dynamodb = createLocalDynamodb(run.endpoints.dynamodbEndpoint);
  onTestFinished(() => {
    dynamodb.destroy();
  });
  return dynamodb;
}

/** Everything in the table but the counters as text, with the decisions unpacked. */
async function readTable(room: Room): Promise<string> {
  const rows: unknown[] = [];
  for await (const { Items = [] } of paginateScan(
    { client: openTable(room) },
    { TableName: TABLE },
  )) {
    for (const item of Items) {
      const row = unmarshall(item);
      if (row['pk'] === 'counts') continue;
      // Rows of other kinds have no decision, and then none is read.
      rows.push({ ...row, decided: readDecision(row as ArrivalRow) });
    }
  }
  return JSON.stringify(rows);
}

async function listKeys(
  { clients, run }: Room,
  bucket = run.endpoints.mailBucket,
): Promise<readonly string[]> {
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = '' }) => Key.replace(/e1-[0-9a-f]+/, 'EVENT'));
}

const forget = (room: Room, ...args: readonly string[]) =>
  room.postroom('forget', ...args, '--since', '1h');

describe('postroom forget', () => {
  it('lists what is kept of a person and changes nothing', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'large', mail: LARGE_MAIL });
    const before = await readTable(room);
    const { status, stdout, stderr } = await forget(room, 'Ann@sender.example');
    expect(status).toBe(0);
    expect(stdout.replace(/\d{4}-[^ ]+Z/, 'TIME').replace(/\([\d.]+ kB\)/, 'SIZE')).toBe(
      '✓ TIME  Printer on fire\n  ses-1-large: its rows, the raw mail and 1 large event SIZE\n',
    );
    expect(stderr.split('\n')).toEqual([
      'to be forgotten: 1 mail',
      expect.stringContaining('not removed: events that wait in queues'),
      'not removed: originals in mailboxes',
      expect.stringContaining("not removed: the table's backups"),
      expect.stringContaining('not looked for: what lies in the drop bucket and did not come in'),
      expect.stringContaining('not looked for: mail that names the address only in other headers'),
      'nothing was changed; add --act to do it',
      '',
    ]);
    expect(await readTable(room)).toBe(before);
    expect(await listKeys(room)).toEqual(['events/EVENT.json', 'raw/ses/1/large']);
  });

  it('removes rows, raw mail and large events with --act, and finds nothing then', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'large', mail: LARGE_MAIL });
    expect((await forget(room, 'support@example.com', '--act')).status).toBe(0);
    const table = await readTable(room);
    for (const told of ['support@example', 'sender.example', 'Printer', 'raw/ses', 'm1-', 'e1-']) {
      expect(table, told).not.toContain(told);
    }
    expect(await listKeys(room)).toEqual([]);
    const again = await forget(room, 'support@example.com', '--act');
    expect(again).toEqual({
      status: 0,
      stdout: '',
      stderr: 'nothing is kept of this address\n',
    });
  });

  it('removes the original in the drop bucket', async () => {
    const room = await startMailRoomFolder();
    const file = join(room.stateFolder, 'one.eml');
    writeFileSync(file, SAMPLE_MAIL);
    const keys: string[] = [];
    for (const to of ['hello@example.com', 'support@example.com']) {
      const { stdout } = await room.postroom('drop', file, '--to', to, '--json');
      keys.push((JSON.parse(stdout) as { readonly key: string }).key);
    }
    await room.waitFor('mail', 2);
    const listed = await forget(room, 'hello@example.com', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({
      going: [{ kind: 'raw' }, { kind: 'original', key: keys[0], bytes: 165 }],
    });
    const { stdout } = await forget(room, 'hello@example.com', '--act');
    expect(stdout).toContain('its rows, the raw mail and its original in the drop bucket (330 B)');
    expect(await listKeys(room, 'postroom-test-drop-000000000000-us-east-1')).toEqual([keys[1]]);
  });

  it('removes what the quarantine holds', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'held', mail: SAMPLE_MAIL, recipients: ['stranger@example.com'] });
    expect(await readTable(room)).toContain('heldId');
    expect((await forget(room, 'stranger@example.com', '--act')).status).toBe(0);
    const table = await readTable(room);
    expect(table).not.toContain('heldId');
    expect(table).not.toContain('stranger@example.com');
  });

  it('still swallows a repeat of what was forgotten', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'gone', mail: SAMPLE_MAIL });
    await forget(room, 'support@example.com', '--act');
    await room.play({ messageId: 'gone', isAgain: true });
    const { stdout } = await room.postroom('find', 'ses-1-gone');
    expect(stdout).toContain('✓ (forgotten)\n  (forgotten) → 1 recipient more\n');
    expect(stdout).toContain('announced again, 1 time so far; swallowed, as it was done\n');
    expect(await readTable(room)).not.toContain('example.com');
  });

  it('takes only what names the person from mail that is others’ too', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'both', mail: LARGE_MAIL, recipients: BOTH });
    const { mailBucket } = room.run.endpoints;
    const { stdout, stderr } = await forget(room, 'support@example.com', '--act');
    expect(stdout).toContain(`  stays: s3://${mailBucket}/raw/ses/1/both\n`);
    expect(stderr).toContain('forgotten: 0 mails, and the address in 1 mail\n');
    const table = await readTable(room);
    expect(table).not.toContain('support@example.com');
    expect(table).toContain('hello@example.com');
    // The event for support alone is gone, the other recipient's is not.
    expect(await listKeys(room)).toEqual(['events/EVENT.json', 'raw/ses/1/both']);
    const story = await room.postroom('find', 'one@sender.example');
    expect(story.stdout).toContain('decided: to inbox for hello@example.com');
    expect((await forget(room, 'support@example.com')).stdout).toBe('');
  });

  it('takes a sender out of mail to several, from sender, From header and rule values', async () => {
    const byHeader = {
      any: [{ headerFrom: { address: 'ann@*' } }, { sender: { address: 'bounce@*' } }],
    };
    const room = await startMailRoomFolder({
      rules: [{ name: 'ann', when: byHeader, then: [{ queue: 'support' }] }],
    });
    await room.play({ messageId: 'both', mail: SAMPLE_MAIL, recipients: BOTH });
    expect(await readTable(room)).toContain('ann@sender.example');
    await forget(room, 'ann@sender.example', '--act');
    await forget(room, 'bounce@sender.example', '--act');
    const table = await readTable(room);
    expect(table).not.toContain('sender.example');
    expect(table).toContain('support@example.com');
  });

  it('removes mail to several as a whole with --shared', async () => {
    const room = await startMailRoomFolder();
    await room.play({ messageId: 'both', mail: SAMPLE_MAIL, recipients: BOTH });
    const listed = await forget(room, 'hello@example.com', '--shared', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({
      arrivalId: 'ses-1-both',
      forgetting: 'remove',
      isForgotten: false,
      going: [{ kind: 'raw', key: 'raw/ses/1/both', bytes: 165 }],
      staying: [],
    });
    const acted = await forget(room, 'hello@example.com', '--shared', '--act', '--json');
    expect(JSON.parse(acted.stdout)).toMatchObject({ isForgotten: true });
    expect(await listKeys(room)).toEqual([]);
    expect(await readTable(room)).not.toContain('hello@example.com');
  });

  it('leaves mail that is not done, says so and fails', async () => {
    const room = await startMailRoomFolder();
    const ledger = createDynamoDbLedger(openTable(room), {
      table: TABLE,
      clock: systemClock,
      leaseSeconds: 90,
      retentionDays: 90,
    });
    const arrived = {
      arrival: {
        arrivalId: 'ses-1-busy',
        door: 'ses' as const,
        receivedAt: new Date().toISOString(),
        raw: { bucket: room.run.endpoints.mailBucket, key: 'raw/ses/1/busy' },
      },
      envelope: { sender: '', recipients: ['hello@example.com'], source: 'smtp' as const },
      verdicts: {
        spam: 'PASS' as const,
        virus: 'PASS' as const,
        spf: 'PASS' as const,
        dkim: 'PASS' as const,
        dmarc: 'PASS' as const,
      },
    };
    await ledger.claimArrival(arrived);
    const unread = { mailId: 'm1-a-b', from: null, subject: null, bytes: 0, sent: [] };
    await ledger.listArrival({ arrived, outcome: 'sent', ...unread });
    const { status, stdout, stderr } = await forget(room, 'hello@example.com', '--act');
    expect(status).toBe(1);
    expect(stdout).toContain('  ses-1-busy: nothing yet, as it is not done\n');
    expect(stderr).toContain('1 mail not done yet: run this again later\n');
    expect(await readTable(room)).toContain('hello@example.com');
  });

  it.each(['ann', '<ann@x.example>', 'Ann ann@x.example', '@'])(
    'refuses "%s", which is no address',
    async (written) => {
      expect(await runPostroom(['forget', written], { cwd: createSampleFolder() })).toEqual({
        status: 2,
        stdout: '',
        stderr: 'postroom: forget: expected an address such as ann@example.net\n',
      });
    },
  );
});

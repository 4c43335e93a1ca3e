import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { peekLocalQueue } from '../../local/queues.ts';
import { createSampleFolder } from '../support/command-line-sample.ts';
import { startMailRoomFolder } from '../support/mail-room-folder.ts';
import { runPostroom } from '../support/run-postroom.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, writeMail } from '../support/sample-mail.ts';

async function startRoom() {
  const room = await startMailRoomFolder();
  return {
    ...room,
    write(name: string, text: string): string {
      const file = join(room.stateFolder, name);
      writeFileSync(file, text);
      return file;
    },
    async readEvents(queue: string): Promise<readonly unknown[]> {
      const messages = await peekLocalQueue(room.run.endpoints, `postroom-test-${queue}`);
      return (messages ?? []).map(({ body }): unknown => JSON.parse(body));
    },
  };
}

describe('postroom drop', () => {
  it('lets mails into the local run', async () => {
    const room = await startRoom();
    const files = [
      room.write('one.eml', SAMPLE_MAIL),
      room.write('two.eml', writeMail({ ...SAMPLE_HEADERS, Subject: 'Two' })),
    ];
    const { status, stdout, stderr } = await room.postroom('drop', ...files);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.replaceAll(/[0-9a-f-]{36}/g, 'UUID').split('\n')).toEqual([
      `✓ ${files[0] ?? ''} dropped (165 bytes): s3://postroom-test-drop-000000000000-us-east-1/UUID/one.eml`,
      expect.stringContaining('/UUID/two.eml'),
      '',
    ]);
    const mails = await room.waitFor('mail', 2);
    expect(mails.map(({ subject }) => subject).toSorted()).toEqual(['Printer on fire', 'Two']);
  });

  it('tells the envelope that --to and --from say', async () => {
    const room = await startRoom();
    const file = room.write('one.eml', SAMPLE_MAIL);
    const { stdout } = await room.postroom(
      ...['drop', file, '--to', 'hello@example.com', '--from', '<>', '--json'],
    );
    expect(JSON.parse(stdout)).toMatchObject({ file, bytes: 165 });
    await room.waitFor('mail');
    expect(await room.readEvents('inbox.fifo')).toMatchObject([
      {
        arrival: { door: 'drop' },
        envelope: { sender: '', recipients: ['hello@example.com'], source: 'smtp' },
      },
    ]);
  });

  it('refuses what is no mail, in one line', async () => {
    const room = await startRoom();
    const file = room.write('report.pdf', '%PDF-1.7');
    expect(await room.postroom('drop', file)).toEqual({
      status: 1,
      stdout: '',
      stderr: `postroom: ${file}: expected a raw mail (.eml), came another file\n`,
    });
  });

  it.each([
    ['a stranger', 'x@elsewhere.example', 'an address of example.com, came "x@elsewhere.example"'],
    ['no address', 'hello', 'Expected an address such as support@example.com.'],
    [
      'an address beyond ASCII',
      'grüße@example.com',
      'an address in ASCII, came "grüße@example.com"',
    ],
  ])('refuses %s as recipient', async (_, address, words) => {
    const { status, stderr } = await runPostroom(['drop', 'a.eml', '--to', address], {
      cwd: createSampleFolder(),
    });
    expect(status).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(words)]);
  });

  it('says what to start when no local run is on', async () => {
    const { status, stderr } = await runPostroom(['drop', 'a.eml'], { cwd: createSampleFolder() });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'postroom: drop: no local run in this folder; start one with `npm start`, or name what is deployed with --env NAME\n',
    });
  });
});

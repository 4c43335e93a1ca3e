import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { formatHour } from '../../cli/list/format-list.ts';
import type { HourCounts, ListedMail } from '../../mail/ledger/story-reader.ts';
import { startMailRoomFolder } from '../support/mail-room-folder.ts';
import { SAMPLE_MAIL } from '../support/sample-mail.ts';
import { createSampleStory } from '../support/sample-story.ts';

const COUNTS: HourCounts = {
  hour: '2026-11-24T09',
  mails: 1,
  bytes: 165,
  events: 2,
  repeats: 0,
  quarantined: 0,
  failures: 0,
};

function format(changes: Partial<ListedMail>): readonly string[] {
  const { listed } = createSampleStory();
  if (listed === null) throw new Error('the sample is listed');
  const mails = [{ ...listed, ...changes }];
  return formatHour({ hour: '2026-11-24T09', counts: undefined, mails }).slice(1);
}

describe('the list of mail', () => {
  it('has each hour with what was counted in it', () => {
    expect(formatHour({ hour: '2026-11-24T09', counts: COUNTS, mails: [] })).toEqual([
      '2026-11-24T09  1 mail, 165 B, 2 events',
    ]);
    const trouble = { ...COUNTS, repeats: 1, quarantined: 2, failures: 3 };
    expect(formatHour({ hour: '2026-11-24T09', counts: trouble, mails: [] })).toEqual([
      '2026-11-24T09  1 mail, 165 B, 2 events, 1 repeat, 2 in quarantine, 3 failures',
    ]);
  });

  it('has each mail with who sent it, for whom, and where it went', () => {
    expect(format({ from: 'ann@person.example', recipientCount: 3 })).toEqual([
      '  ✓ 09:00:00  Printer on fire',
      '              ann@person.example → support@example.com, 2 more  support  ses-1-abc123',
    ]);
  });

  it.each([
    ['✓', 'dropped', '  dropped  '],
    ['✓', 'repeat', '  a repeat  '],
    ['✗', 'quarantined', '  quarantine  '],
  ] as const)('marks a mail with %s that was %s', (mark, outcome, expected) => {
    const [title, details] = format({ outcome });
    expect(title?.slice(2, 3)).toBe(mark);
    expect(details).toContain(expected);
  });

  it.each([
    ['', '<> → '],
    [null, '(forgotten) → '],
  ])('writes a sender of %o out', (sender, expected) => {
    expect(format({ sender })[1]).toContain(expected);
  });

  it('lets no mail write on the terminal but its own lines', () => {
    const lines = format({ subject: 'a\u001b[2J\r\nb\u202ec\u0007', recipients: ['a\nb@x'] });
    expect(lines[0]).toBe('  ✓ 09:00:00  a b c ');
    expect(lines[1]).toContain('→ a b@x');
  });
});

describe('postroom list', () => {
  it('lists the mail of the last hour, for people and as an object a line', async () => {
    const room = await startMailRoomFolder();
    expect(await room.postroom('list')).toEqual({
      status: 0,
      stdout: '',
      stderr: 'no mail in this time\n',
    });
    await room.play({ messageId: 'one', mail: SAMPLE_MAIL });
    await room.play({ messageId: 'two', mail: SAMPLE_MAIL });
    const { status, stdout } = await room.postroom('list');
    expect(status).toBe(0);
    expect(stdout).toContain('  ann@sender.example → support@example.com  support  ses-1-one\n');
    expect(stdout).toContain('  ann@sender.example → support@example.com  a repeat  ses-1-two\n');
    const lines = (await room.postroom('list', '--json', '--since', '1d')).stdout;
    const objects = lines
      .trimEnd()
      .split('\n')
      .map((line) => z.looseObject({}).parse(JSON.parse(line)));
    expect(objects.filter((object) => 'arrivalId' in object)).toMatchObject([
      { arrivalId: 'ses-1-one', outcome: 'sent', queues: ['support'] },
      { arrivalId: 'ses-1-two', outcome: 'repeat', queues: [] },
    ]);
  });
});

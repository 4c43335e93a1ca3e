import { describe, expect, it } from 'vitest';
import type { KeptMail, KeptObject } from '../../cli/forget/examine-mail.ts';
import { formatKeptMail, formatTally } from '../../cli/forget/format-forgetting.ts';
import type { ListedMail } from '../../mail/ledger/story-reader.ts';
import { createSampleStory } from '../support/sample-story.ts';

const RAW: KeptObject = { kind: 'raw', address: { bucket: 'mail', key: 'raw/1' }, bytes: 165 };
const EVENT: KeptObject = { kind: 'event', address: { bucket: 'mail', key: 'events/1' }, bytes: 9 };

function createKept(changes: Partial<KeptMail>, subject: string | null = 'Hello'): KeptMail {
  const story = createSampleStory();
  if (story.listed === null) throw new Error('the sample is listed');
  const listed: ListedMail = { ...story.listed, subject };
  return { listed, story, forgetting: 'remove', going: [], staying: [], ...changes };
}

describe('the list of what is kept', () => {
  it('says what of a mail goes, and where what stays is', () => {
    const strip = { forgetting: 'strip', going: [EVENT], staying: [RAW, EVENT] } as const;
    expect(formatKeptMail(createKept(strip))).toEqual([
      '? 2026-11-24T09:00:00.000Z  Hello',
      '  ses-1-abc123: the address in its rows, 1 large event (9 B); for the others stays the raw mail and 1 large event (174 B)',
      '  stays: s3://mail/raw/1',
      '  stays: s3://mail/events/1',
    ]);
  });

  it('says that only rows are left of a mail whose objects are gone', () => {
    expect(formatKeptMail(createKept({}))[1]).toBe('  ses-1-abc123: its rows');
    expect(formatKeptMail(createKept({ forgetting: 'strip' }))[1]).toBe(
      '  ses-1-abc123: the address in its rows; for the others stays nothing',
    );
  });

  it('lets no mail write on the terminal but its own line', () => {
    const [title] = formatKeptMail(createKept({}, 'a\u001b[2J\r\nb\u202ec\u0007'));
    expect(title).toBe('✓ 2026-11-24T09:00:00.000Z  a b c ');
    expect(formatKeptMail(createKept({}, null))[0]).toContain('(no subject)');
  });
});

describe('the end of the list', () => {
  it('asks for --act --shared where others have part in a mail', () => {
    const counts = { remove: 2, strip: 1, 'under-way': 0 };
    const lines = formatTally({ counts, isActing: false });
    expect(lines[0]).toBe('to be forgotten: 2 mails, and the address in 1 mail');
    expect(lines[1]).toContain('with --act --shared it goes too');
    expect(lines.at(-1)).toBe('nothing was changed; add --act to do it');
  });

  it('asks for nothing where everything was done', () => {
    const counts = { remove: 2, strip: 0, 'under-way': 0 };
    const lines = formatTally({ counts, isActing: true });
    expect(lines[0]).toBe('forgotten: 2 mails');
    expect(lines.join('\n')).not.toContain('--');
    expect(lines).toHaveLength(6);
  });
});

import { describe, expect, it } from 'vitest';
import { fitColumns, toPrintable } from '../../local/output/format-columns.ts';
import { formatEvent } from '../../local/output/format-event.ts';
import type { MailEvent } from '../../local/output/local-event.ts';

const PLAIN = { hasColours: false };
const mail: MailEvent = {
  event: 'mail',
  mailId: 'm1-a',
  from: 'ada@example.net',
  to: ['support@example.com'],
  subject: 'Hello',
  rule: 'support',
  outcome: 'sent',
  queue: 'support',
  ms: 12,
};

describe('a column', () => {
  it.each([
    ['abc', 'abc  '],
    ['abcde', 'abcde'],
    ['abcdef', 'abcd…'],
    ['梨の', '梨の '],
    ['梨の箱', '梨の…'],
    ['a梨の箱', 'a梨… '],
    ['e\u0301tude', 'e\u0301tude'],
    ['🍐🍐🍐', '🍐🍐…'],
    ['', '     '],
  ])('of five for %j is %j', (text, fitted) => {
    expect(fitColumns(text, 5)).toBe(fitted);
  });
});

describe('a column for a character without end', () => {
  it('is cut with the text', () => {
    expect(fitColumns(`a${'\u0301'.repeat(100_000)}b`, 5)).toBe(`a${'\u0301'.repeat(159)}…   `);
  });
});

describe('text of a mail', () => {
  it('cannot steer the terminal', () => {
    expect(toPrintable('a\u001b[2Jb\r\nc\u202ed\u0007')).toBe('a [2Jb c d ');
  });
});

describe('the line of a mail', () => {
  it('says from, to, subject, rule, queue and time', () => {
    expect(formatEvent(mail, PLAIN)).toEqual([
      '✓ ada@example.net            → support@example.com         Hello                               support            support           12 ms',
    ]);
  });

  it('stands in the same columns whatever the mail is', () => {
    const other = { ...mail, from: '', to: ['a@example.com', 'b@example.com'], subject: null };
    const [line = ''] = formatEvent(other, PLAIN);
    expect(line).toMatch(/^✓ <> {25}→ a@example\.com \+1 .* \(no subject\) /);
    expect(line.indexOf(' 12 ms')).toBe(formatEvent(mail, PLAIN)[0]?.indexOf(' 12 ms'));
  });

  it('says why a mail went nowhere', () => {
    const dropped = {
      ...mail,
      outcome: 'dropped' as const,
      queue: null,
      rule: 'drop',
      reason: 'newsletter',
    };
    expect(formatEvent(dropped, PLAIN)[0]).toMatch(/^• .* drop .* dropped .* \(newsletter\)$/);
  });

  it('has colours for a terminal only', () => {
    expect(formatEvent(mail, { hasColours: true })[0]).toContain('\u001b[32m✓');
    expect(formatEvent(mail, PLAIN)[0]).not.toContain('\u001b');
  });
});

describe('the line of a failure', () => {
  const failed = {
    event: 'failed',
    arrivalId: 'ses-1-a',
    from: 'ada@example.net',
    to: ['support@example.com'],
    subject: 'Hello',
    code: 'peer-unavailable',
    maxAttempts: 5,
  } as const;

  it('says which try it was', () => {
    expect(formatEvent({ ...failed, attempt: 2, deadLetterQueue: null }, PLAIN)[0]).toMatch(
      /peer-unavailable: try 2 of 5, then dead-letter queue$/,
    );
  });

  it('says where the mail is after the last', () => {
    expect(formatEvent({ ...failed, attempt: 5, deadLetterQueue: 'x-dead' }, PLAIN)[0]).toMatch(
      /try 5 of 5, now in x-dead$/,
    );
  });
});

describe('the lines of a reload', () => {
  const reloaded = { event: 'reloaded', createdQueues: ['x-urgent'], checkedMails: 3 } as const;

  it('name each mail that would go elsewhere', () => {
    const moved = [
      { mailId: 'm', subject: 'Hi', to: ['a@example.com'], before: ['inbox'], now: [] },
    ];
    expect(formatEvent({ ...reloaded, moved }, PLAIN)).toEqual([
      '↻ postroom.config.ts reloaded; new queues: x-urgent; of the last 3 mails 1 would now go elsewhere:',
      '  Hi                                 a@example.com: inbox → nowhere',
    ]);
  });

  it('say that nothing would change', () => {
    expect(formatEvent({ ...reloaded, createdQueues: [], moved: [] }, PLAIN)).toEqual([
      '↻ postroom.config.ts reloaded; the last 3 mails would go where they went',
    ]);
  });

  it('say what is wrong with a broken save', () => {
    expect(formatEvent({ event: 'reload-refused', faults: ['a: b'] }, PLAIN)).toEqual([
      '✗ postroom.config.ts not reloaded, the rules before it hold:',
      '  a: b',
    ]);
  });
});

import { expect, it } from 'vitest';
import { formatSummary } from './format-summary.ts';
import type { SupportSummary } from './summarize-support.ts';

const EMPTY: SupportSummary = {
  since: '2026-11-23T09:00:00.000Z',
  until: '2026-11-24T09:00:00.000Z',
  ...{ questions: 0, answers: 0, automatic: 0 },
  ...{ senders: [], subjects: [], unanswered: [] },
};

const at = '2026-11-20T08:00:00.000Z';

it('an empty day has two lines', () => {
  expect(formatSummary(EMPTY)).toBe(
    'Support, 24 hours to 2026-11-24 09:00 UTC\n0 questions, 0 answers, 0 automatic mails\n',
  );
});

it.each([
  [0, '0 h'],
  [23, '23 h'],
  [24, '1 d 0 h'],
  [97, '4 d 1 h'],
])('an age of %i hours is written %s', (ageHours, written) => {
  const unanswered = [{ from: 'ann@x.example', subject: 'Hello', at, ageHours }];
  expect(formatSummary({ ...EMPTY, unanswered })).toContain(` ${written}  ann@x.example  Hello\n`);
});

it.each([
  [9, 9, false],
  [10, 10, false],
  [11, 10, true],
])('of %i senders %i are listed', (count, listed, isCut) => {
  const senders = Array.from({ length: count }, (_, number) => ({ name: `s${number}`, mails: 1 }));
  const text = formatSummary({ ...EMPTY, senders });
  expect(text.match(/^ {4}1 {2}s\d+$/gm)).toHaveLength(listed);
  expect(text.includes('and 1 more')).toBe(isCut);
});

it('a subject moves no cursor and breaks no line', () => {
  const subjects = [{ name: 'a\u001b[2J\r\nb\u202e', mails: 1 }];
  expect(formatSummary({ ...EMPTY, subjects })).toContain('    1  a [2J b\n');
});

it('a mail without a subject is listed all the same', () => {
  const subjects = [{ name: '', mails: 1 }];
  expect(formatSummary({ ...EMPTY, subjects })).toContain('    1  (none)\n');
});

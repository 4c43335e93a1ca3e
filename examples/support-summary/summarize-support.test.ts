import { describe, expect, it } from 'vitest';
import type { SupportMail } from './read-support-mail.ts';
import { readTopic, summarizeSupport } from './summarize-support.ts';

const UNTIL_MS = Date.parse('2026-11-24T09:00:00.000Z');

const createMail = (given: Partial<SupportMail> = {}): SupportMail => ({
  kind: 'question',
  at: '2026-11-24T08:00:00.000Z',
  messageId: 'q1@sender.example',
  from: 'ann@sender.example',
  subject: 'Printer on fire',
  refersTo: [],
  ...given,
});

const summarize = (...mails: readonly SupportMail[]) => summarizeSupport(mails, UNTIL_MS);

describe('a summary', () => {
  it.each([
    ['2026-11-23T08:59:59.999Z', 0],
    ['2026-11-23T09:00:00.000Z', 1],
    ['2026-11-24T08:59:59.999Z', 1],
    ['2026-11-24T09:00:00.000Z', 0],
  ])('counts mail of %s %i times', (at, questions) => {
    expect(summarize(createMail({ at })).questions).toBe(questions);
  });

  it('counts questions by sender and subject, the most frequent first', () => {
    const { senders, subjects } = summarize(
      createMail({ from: 'ben@sender.example', subject: 'Where is my order?' }),
      createMail(),
      createMail({ subject: 'RE:  printer on  fire' }),
      createMail({ from: 'adam@sender.example', subject: 'Hello' }),
      createMail({ kind: 'answer', from: 'support@example.com', subject: 'Re: Printer on fire' }),
      createMail({ kind: 'automatic', subject: 'Out of office' }),
    );
    expect(senders).toEqual([
      { name: 'ann@sender.example', mails: 2 },
      { name: 'adam@sender.example', mails: 1 },
      { name: 'ben@sender.example', mails: 1 },
    ]);
    expect(subjects).toEqual([
      { name: 'Printer on fire', mails: 2 },
      { name: 'Hello', mails: 1 },
      { name: 'Where is my order?', mails: 1 },
    ]);
  });

  it('lists what nobody answered, of any day, the oldest first', () => {
    const { unanswered } = summarize(
      createMail({ messageId: 'q2@x', subject: 'Second', at: '2026-11-24T07:30:00.000Z' }),
      createMail({ messageId: 'q1@x', subject: 'First', at: '2026-11-20T08:00:00.000Z' }),
      createMail({ messageId: 'q3@x', subject: 'Answered' }),
      createMail({ kind: 'answer', messageId: 'a3@y', refersTo: ['q3@x'] }),
      createMail({ kind: 'automatic', messageId: 'q4@x' }),
    );
    expect(unanswered).toMatchObject([
      { subject: 'First', ageHours: 97 },
      { subject: 'Second', ageHours: 1 },
    ]);
  });

  it('takes a question for answered when a later mail of its thread was', () => {
    const { unanswered } = summarize(
      createMail({ messageId: 'q1@x' }),
      createMail({ messageId: 'q2@x', refersTo: ['q1@x'] }),
      createMail({ kind: 'answer', messageId: 'a@y', refersTo: ['q1@x', 'q2@x'] }),
    );
    expect(unanswered).toEqual([]);
  });

  it('takes no question for answered that another customer refers to', () => {
    const { unanswered } = summarize(
      createMail({ messageId: 'q1@x' }),
      createMail({ messageId: 'q2@x', refersTo: ['q1@x'] }),
    );
    expect(unanswered).toHaveLength(2);
  });

  it('takes no question for answered before its answer came', () => {
    const question = createMail({ messageId: 'q1@x' });
    const answer = createMail({
      kind: 'answer',
      refersTo: ['q1@x'],
      at: '2026-11-24T09:30:00.000Z',
    });
    expect(summarize(question, answer).unanswered).toHaveLength(1);
    expect(summarizeSupport([question, answer], UNTIL_MS + 3_600_000).unanswered).toEqual([]);
  });

  it('lists a question that no answer can refer to', () => {
    expect(summarize(createMail({ messageId: null })).unanswered).toHaveLength(1);
  });
});

describe('the topic of a mail', () => {
  it.each([
    ['Re: Printer', 'Printer'],
    ['AW: Re: FWD: Printer', 'Printer'],
    ['  re : Printer \t on fire ', 'Printer on fire'],
    ['Regarding: Printer', 'Regarding: Printer'],
    ['Re:', ''],
    ['', ''],
  ])('of "%s" is "%s"', (subject, topic) => {
    expect(readTopic(subject)).toBe(topic);
  });
});

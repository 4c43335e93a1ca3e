import { describe, expect, it } from 'vitest';
import { createSampleEvent } from '../../test/support/sample-event.ts';
import { readSupportMail } from './read-support-mail.ts';

const withHeader = (name: string, value: string) =>
  createSampleEvent({ headers: [{ name, value }] });

describe('reading a support mail', () => {
  it('keeps what the summary needs, and neither text nor recipients', () => {
    const event = createSampleEvent({ messageId: 'q1@x', references: ['r@x'], inReplyTo: ['r@x'] });
    expect(readSupportMail(event)).toEqual({
      kind: 'question',
      at: '2026-11-24T09:00:00.000Z',
      messageId: 'q1@x',
      from: 'ann@example.net',
      subject: 'The printer burns',
      refersTo: ['r@x'],
    });
  });

  it('takes mail from the address of the mailbox for an answer', () => {
    const from = [{ name: 'Support', address: 'Support@Example.com' }];
    expect(readSupportMail(createSampleEvent({ from })).kind).toBe('answer');
  });

  it.each([
    ['Auto-Submitted', 'auto-replied', 'automatic'],
    ['Auto-Submitted', 'no', 'question'],
    ['Auto-Submitted', 'no; by=hand', 'question'],
    ['Precedence', 'bulk', 'automatic'],
    ['Precedence', 'first-class', 'question'],
    ['LIST-ID', '<news.example.net>', 'automatic'],
  ])('takes mail with %s: %s for %s', (name, value, kind) => {
    expect(readSupportMail(withHeader(name, value)).kind).toBe(kind);
  });

  it('bears mail that names neither author nor subject', () => {
    const event = createSampleEvent({ from: [], subject: null });
    expect(readSupportMail(event)).toMatchObject({ kind: 'question', from: '', subject: '' });
  });

  it.each([
    [49, 49],
    [50, 50],
    [51, 50],
  ])('of %i references keeps %i, the first and the last among them', (count, kept) => {
    const references = Array.from({ length: count }, (_, number) => `r${number}@x`);
    const { refersTo } = readSupportMail(createSampleEvent({ references }));
    expect(refersTo).toHaveLength(kept);
    expect([refersTo[0], refersTo.at(-1)]).toEqual(['r0@x', `r${count - 1}@x`]);
  });
});

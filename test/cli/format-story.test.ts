import { describe, expect, it } from 'vitest';
import { formatStory } from '../../cli/find/format-story.ts';
import { tellStory } from '../../cli/find/tell-story.ts';
import type { StoredDecision } from '../../mail/ledger/ledger.ts';
import { createSampleStory } from '../support/sample-story.ts';

const NOW_MS = Date.parse('2026-11-24T09:01:00.000Z');

const tell = (changes: Parameters<typeof createSampleStory>[0]): readonly string[] =>
  tellStory(createSampleStory(changes), NOW_MS).map(({ what }) => what);

const decide = (changes: Partial<StoredDecision>): readonly string[] =>
  tell({ decided: { ...NOTHING, ...changes } }).filter((what) => what.startsWith('decided'));

const NOTHING: StoredDecision = {
  mailId: 'm1-a-b',
  sameMessageIdAs: null,
  decision: { destinations: [], quarantined: [], dropped: [] },
  repeats: [],
  servedQueues: [],
};

describe('the story of a mail', () => {
  it('says for whom a mail was dropped or kept apart, and why', () => {
    const trace = [
      { recipients: ['a@x'], rules: [], decidedBy: { kind: 'rule' as const, rule: 'noise' } },
      { recipients: ['b@x'], rules: [], decidedBy: { kind: 'rule' as const, rule: 'noise' } },
    ];
    const dropped = [{ recipients: ['a@x', 'b@x'], reason: 'unread', trace }];
    const quarantined = [{ recipients: ['c@x'], reason: 'spam', code: 'rule' as const, trace }];
    const destinations = [{ queue: 'inbox', recipients: ['d@x'], tags: ['red', 'late'], trace }];
    expect(decide({ decision: { destinations, quarantined, dropped } })).toEqual([
      'decided: to inbox for d@x (rule noise), tagged red, late',
      'decided: quarantine for c@x: "spam" (rule noise)',
      'decided: dropped for a@x, b@x: "unread" (rule noise)',
    ]);
  });

  it('names five recipients and counts the others', () => {
    const repeats = Array.from({ length: 7 }, (_, n) => ({
      recipient: `${n}@x`,
      arrivalId: 'other',
    }));
    expect(decide({ repeats: repeats.slice(0, 5) })[0]).toContain('0@x, 1@x, 2@x, 3@x, 4@x, which');
    expect(decide({ repeats: repeats.slice(0, 6) })[0]).toContain('4@x, 1 more, which other has');
  });

  it('says which queue had its one event of the mail already', () => {
    expect(decide({ servedQueues: ['crm'] })).toEqual([
      'decided: not to crm, which takes one event a mail and has it',
    ]);
  });

  it('says that nobody has taken a mail yet', () => {
    const changes = { state: 'seen', takings: 0, takenAt: null, decided: null } as const;
    expect(tell({ ...changes, sent: [], doneAt: null, outcome: null })).toEqual([
      'arrived by ses, kept at s3://mail/raw/ses/1/abc123',
      'seen',
      'nobody has taken it yet',
    ]);
  });

  it.each([
    [-1, 'waits for its next try'],
    [0, 'waits for its next try'],
    [1, 'is being handled; until 2026-11-24T09:01:00.001Z at the most'],
  ])('says whether somebody has it now (lease ends in %i ms)', (ms, expected) => {
    const open = { state: 'decided', doneAt: null, outcome: null } as const;
    const leaseUntilMs = NOW_MS + ms;
    expect(tell({ ...open, leaseUntilMs }).at(-1)).toBe(expected);
  });

  it('says what failed for as long as the mail is not done', () => {
    const failed = { failureCode: 'peer-unavailable', takings: 2, leaseUntilMs: 0 };
    const open = { state: 'claimed', doneAt: null, outcome: null } as const;
    expect(tell({ ...failed, ...open }).slice(-2)).toEqual([
      'failed: peer-unavailable',
      'waits for its next try',
    ]);
    expect(tell(failed).at(-1)).toBe('done: sent');
  });

  it.each([
    ['held', 'held in quarantine: has a virus (virus)'],
    ['released', 'held in quarantine: has a virus (virus); released since'],
  ] as const)('says why it was held, and what became of it (%s)', (state, expected) => {
    const heldAt = '2026-11-24T09:00:03.000Z';
    const held = { heldAt, reason: 'has a virus', code: 'virus', state };
    expect(tell({ held }).slice(-3)).toEqual([expected, 'sent to support: e1-1', 'done: sent']);
  });

  it('names the code of what held a mail once', () => {
    const heldAt = '2026-11-24T09:00:03.000Z';
    const held = { heldAt, reason: 'in vain (virus)', code: 'virus', state: 'held' } as const;
    expect(tell({ held })).toContain('held in quarantine: in vain (virus)');
  });

  it('says that it was forgotten, and keeps nothing back that is not there', () => {
    const gone = { raw: null, sender: null, firstRecipient: null, decided: null, listed: null };
    const story = createSampleStory({ ...gone, sent: [], forgottenAt: '2026-11-25T00:00:00.000Z' });
    expect(formatStory(story, NOW_MS)).toEqual([
      '✓ (forgotten)',
      '  (forgotten) → 1 recipient more',
      '  ses-1-abc123',
      '  2026-11-24T09:00:00.000Z  arrived by ses',
      '  2026-11-24T09:00:01.000Z  seen',
      '  2026-11-24T09:00:01.000Z  taken to be handled',
      '  2026-11-24T09:00:04.000Z  done: sent',
      '  2026-11-25T00:00:00.000Z  forgotten: what it told of a person was removed',
    ]);
  });
});

describe('formatStory', () => {
  it('lets no mail write on the terminal but its own line', () => {
    const sample = createSampleStory();
    if (sample.listed === null) throw new Error('the sample is listed');
    const lines = formatStory(
      {
        ...sample,
        sender: 'a\u001b[2J@x',
        listed: { ...sample.listed, subject: 'a\u001b[2J\r\nb\u202ec\u0007', from: '\u0007' },
      },
      NOW_MS,
    );
    expect(lines.slice(0, 2)).toEqual(['✓ a b c ', '  a@x (from  ) → support@example.com']);
  });

  it.each([
    ['✓', { outcome: 'dropped' }],
    ['✗', { outcome: 'quarantined' }],
    ['?', { outcome: null }],
    ['✗', { outcome: null, failureCode: 'peer-unavailable' }],
  ] as const)('marks a mail with %s for %o', (mark, changes) => {
    expect(formatStory(createSampleStory(changes), NOW_MS)[0]?.slice(0, 1)).toBe(mark);
  });

  it('writes the null sender and further recipients out', () => {
    const story = createSampleStory({ sender: '', recipientCount: 3, listed: null });
    expect(formatStory(story, NOW_MS)[1]).toBe('  <> → support@example.com, 2 recipients more');
  });
});

import { describe, expect, it } from 'vitest';
import type { RuleTrace } from '../../../mail/contracts/mail-received.ts';
import type { StoredDecision } from '../../../mail/ledger/ledger.ts';
import { stripDecision } from '../../../mail/ledger/strip-decision.ts';

const createTrace = (...recipients: readonly string[]): RuleTrace => ({
  recipients: [...recipients],
  rules: [
    {
      rule: 'people',
      matched: true,
      checks: [
        { condition: 'recipient', matched: true, value: recipients[0] ?? null },
        { condition: 'headerFrom', matched: true, value: 'Ann <Ann@x.example>' },
        { condition: 'subject', matched: false, value: 'Hello' },
        { condition: 'header', matched: false, value: null },
      ],
    },
  ],
  decidedBy: { kind: 'rule', rule: 'people' },
});

const createWay = (...recipients: readonly string[]) => ({
  recipients,
  trace: [createTrace(...recipients)],
});

const DECIDED: StoredDecision = {
  mailId: 'm1-a-b',
  sameMessageIdAs: 'm1-a-c',
  decision: {
    destinations: [
      { queue: 'one', tags: ['t'], ...createWay('ann@x.example', 'bob@x.example') },
      { queue: 'two', tags: [], ...createWay('ANN@x.example') },
    ],
    quarantined: [],
    dropped: [
      { reason: 'unread', ...createWay('ann@x.example') },
      { reason: 'noise', ...createWay('eve@x.example') },
    ],
  },
  repeats: [
    { recipient: 'Ann@x.example', arrivalId: 'other' },
    { recipient: 'bob@x.example', arrivalId: 'other' },
  ],
  servedQueues: ['crm'],
};

describe('stripDecision', () => {
  it('leaves no trace of an address, in whatever case it stands', () => {
    const stripped = stripDecision(DECIDED, 'ann@X.example');
    expect(JSON.stringify(stripped).toLowerCase()).not.toContain('ann@x.example');
  });

  it('keeps what was decided for others', () => {
    const { decision, repeats, ...rest } = stripDecision(DECIDED, 'ann@x.example');
    expect(decision.destinations).toMatchObject([
      { queue: 'one', tags: ['t'], recipients: ['bob@x.example'] },
    ]);
    expect(decision.dropped).toMatchObject([{ reason: 'noise', recipients: ['eve@x.example'] }]);
    expect(repeats).toEqual([{ recipient: 'bob@x.example', arrivalId: 'other' }]);
    expect(rest).toEqual({
      mailId: 'm1-a-b',
      sameMessageIdAs: 'm1-a-c',
      servedQueues: ['crm'],
    });
  });

  it('keeps values that name somebody else, and ways that others went', () => {
    const [way] = stripDecision(DECIDED, 'bob@x.example').decision.destinations;
    expect(way?.trace).toEqual([
      { ...createTrace('ann@x.example', 'bob@x.example'), recipients: ['ann@x.example'] },
    ]);
  });

  it('changes nothing for an address that it does not name', () => {
    expect(stripDecision(DECIDED, 'zed@x.example')).toEqual(DECIDED);
  });
});

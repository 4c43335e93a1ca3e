import { expect, it } from 'vitest';
import { countFeedback } from './count-feedback.ts';
import type { KeptFeedback } from './read-feedback.ts';

const bounce = (
  action: string,
  status: string | null,
  address = 'ada@b.example',
): KeptFeedback => ({
  kind: 'bounce',
  recipients: [{ address, action, status }],
});

it('counts nothing where nothing came', () => {
  expect(countFeedback([])).toEqual({
    mails: 0,
    recipients: { permanent: 0, expired: 0, delayed: 0, other: 0 },
    statuses: {},
    unreadable: 0,
    unsubscribes: 0,
    others: 0,
    stopMailing: [],
  });
});

it.each([
  ['failed', '5.1.1', 'permanent', true],
  ['failed', '4.4.7', 'expired', false],
  ['failed', null, 'expired', false],
  ['delayed', '4.4.1', 'delayed', false],
  ['delayed', '5.4.1', 'delayed', false],
  ['delivered', '2.0.0', 'other', false],
  ['relayed', null, 'other', false],
] as const)('counts %s with %s as %s', (action, status, name, isStopped) => {
  const { recipients, stopMailing } = countFeedback([bounce(action, status)]);
  expect(recipients).toEqual({ permanent: 0, expired: 0, delayed: 0, other: 0, [name]: 1 });
  expect(stopMailing).toEqual(isStopped ? ['ada@b.example'] : []);
});

it('names an address once, however often it comes back', () => {
  const { stopMailing, statuses } = countFeedback([
    bounce('failed', '5.1.1'),
    bounce('failed', '5.2.2'),
    { kind: 'unsubscribe', address: 'ada@b.example' },
    bounce('failed', '5.1.1', 'aaron@b.example'),
  ]);
  expect(stopMailing).toEqual(['aaron@b.example', 'ada@b.example']);
  expect(statuses).toEqual({ '5.1.1': 2, '5.2.2': 1 });
});

it('tells bounces that name nobody from those that do', () => {
  const { unreadable, mails } = countFeedback([
    { kind: 'bounce', recipients: [] },
    bounce('failed', null),
  ]);
  expect({ unreadable, mails }).toEqual({ unreadable: 1, mails: 2 });
});

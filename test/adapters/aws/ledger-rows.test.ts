import { expect, it } from 'vitest';
import { packDecision, readClaim } from '../../../adapters/aws/ledger-rows.ts';
import type { StoredDecision } from '../../../mail/ledger/ledger.ts';

const check = (condition: string, matched: boolean, value: string) => ({
  condition,
  matched,
  value,
});

/** What the sample configuration decides of a usual mail. */
const DECISION: StoredDecision = {
  mailId: `m1-${'a'.repeat(16)}-${'b'.repeat(64)}`,
  sameMessageIdAs: null,
  decision: {
    destinations: [
      {
        queue: 'support',
        recipients: ['support@example.com'],
        tags: [],
        trace: [
          {
            recipients: ['support@example.com'],
            rules: [
              {
                rule: 'spam',
                matched: false,
                checks: [
                  check('any[0].verdict', false, 'spam GRAY'),
                  check('any[1].verdict', false, 'virus GRAY'),
                ],
              },
              {
                rule: 'support',
                matched: true,
                checks: [check('recipient', true, 'support@example.com')],
              },
            ],
            decidedBy: { kind: 'rule', rule: 'support' },
          },
        ],
      },
    ],
    quarantined: [],
    dropped: [],
  },
  repeats: [],
  servedQueues: [],
};

const readStored = (decided: Uint8Array) => {
  const row = { state: 'decided' as const, epoch: 1, mailId: DECISION.mailId, decided };
  const claimed = readClaim('ses-1-x', row);
  return claimed.kind === 'claimed' ? claimed.stored : undefined;
};

it('a usual decision takes less than a tenth of the kilobyte that a write pays for', () => {
  expect(packDecision(DECISION).length).toBeLessThan(100);
});

it('a decision comes back as it was', () => {
  expect(readStored(packDecision(DECISION))).toEqual(DECISION);
});

it('a decision that an earlier version stored is still read', () => {
  const packed =
    'oyzWi0sLCvKLSjAiHypOehrAoREjWYDikFZJwz3IMRIzaUBKEsJGQAoEiBnISQQRVFRLKdgCi9jEA3MONdIQAA==';
  expect(readStored(Buffer.from(packed, 'base64'))).toEqual(DECISION);
});

import { describe, expect, it } from 'vitest';
import { pollRequestSchema } from '../../../mail/contracts/poll-request.ts';
import { isLookedAt, planWakeUp } from '../../../mail/polling/plan-wake-ups.ts';

const AT_MS = Date.parse('2026-11-24T09:00:00.000Z');

const listDelays = (intervalMinutes: number): readonly number[] =>
  Array.from({ length: 10_000 }, (_, index) => {
    const mailbox = { name: `mailbox-${index}`, intervalMinutes };
    return planWakeUp(mailbox, { intervalMinutes, scheduledAtMs: AT_MS }).delaySeconds;
  });

describe('a wake-up', () => {
  it('is due when its delay is over', () => {
    const mailbox = { name: 'vendor', intervalMinutes: 5 };
    const run = { intervalMinutes: 5, scheduledAtMs: AT_MS };
    const { request, delaySeconds } = planWakeUp(mailbox, run);
    expect(request).toEqual({
      type: 'mailbox.poll',
      version: 1,
      mailbox: 'vendor',
      scheduledAt: '2026-11-24T09:01:28.000Z',
    });
    expect(delaySeconds).toBe(88);
    expect(pollRequestSchema.parse(request)).toEqual(request);
  });

  it('is an interval after the one before, for the same mailbox', () => {
    const mailbox = { name: 'vendor', intervalMinutes: 5 };
    const next = { intervalMinutes: 5, scheduledAtMs: AT_MS + 300_000 };
    expect(planWakeUp(mailbox, next).request.scheduledAt).toBe('2026-11-24T09:06:28.000Z');
  });

  it.each([
    [1, 59],
    [5, 299],
    [14, 839],
    [15, 899],
    [16, 899],
    [1440, 899],
  ])('every %i minutes is held back from 0 to %i seconds', (intervalMinutes, longest) => {
    const delays = listDelays(intervalMinutes);
    expect(Math.min(...delays)).toBe(0);
    expect(Math.max(...delays)).toBe(longest);
  });

  it('comes in no second with more than twice its share', () => {
    const counts = Map.groupBy(listDelays(5), (delay) => delay);
    const most = Math.max(...Array.from(counts.values(), ({ length }) => length));
    expect(most).toBeLessThan((2 * 10_000) / 300);
  });
});

describe('the row of a mailbox', () => {
  it.each([
    [1, 60],
    [5, 12],
    [7, 8],
    [30, 2],
    [31, 1],
    [1440, 1],
  ])('of an interval of %i minutes is looked at in one of %i runs', (intervalMinutes, runs) => {
    for (const name of ['vendor', 'support', 'bounces']) {
      const looks = Array.from({ length: runs }, (_, run) => {
        const scheduledAtMs = AT_MS + run * intervalMinutes * 60_000;
        return isLookedAt({ name, intervalMinutes }, { intervalMinutes, scheduledAtMs });
      });
      expect(looks.filter(Boolean)).toHaveLength(1);
    }
  });
});

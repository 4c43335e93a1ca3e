import { describe, expect, it } from 'vitest';
import { createRecentMails, type RecentMail } from '../../local/run/recent-mails.ts';

const createMail = (arrivalId: string): RecentMail => ({
  arrivalId,
  notification: '{}',
  outcome: { kind: 'given-up', code: 'limit-exceeded' },
});

describe('the recent mails', () => {
  it('are the last fifty', () => {
    const mails = createRecentMails();
    for (let index = 0; index < 51; index += 1) mails.add(createMail(String(index)));
    const ids = mails.list().map(({ arrivalId }) => arrivalId);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([50, '1', '50']);
  });

  it('are there at once for who waits late', async () => {
    const mails = createRecentMails();
    mails.add(createMail('a'));
    expect(await mails.waitFor('a', AbortSignal.abort())).toEqual(createMail('a'));
  });

  it('wake who waited for them', async () => {
    const mails = createRecentMails();
    const waiting = mails.waitFor('b', new AbortController().signal);
    mails.add(createMail('a'));
    mails.add(createMail('b'));
    expect(await waiting).toEqual(createMail('b'));
  });

  it('let go of who has waited enough', async () => {
    const giveUp = new AbortController();
    const waiting = createRecentMails().waitFor('a', giveUp.signal);
    giveUp.abort();
    await expect(waiting).rejects.toThrow('no outcome in time');
  });
});

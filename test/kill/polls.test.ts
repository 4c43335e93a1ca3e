import { afterAll, beforeAll, expect, it } from 'vitest';
import { dovecot } from '../support/dovecot/dovecot.ts';
import { describeWith } from '../support/requirement.ts';
import { killPolls, type PollServer, startPollServer } from './kill-polls.ts';
import { createSeededRandom, sampleList } from './seeded-random.ts';

/** LIMIT: a kill takes a second or two; `npm run test:long` does them all. */
const SAMPLE_SIZE = 4;

describeWith([dovecot], 'poll-mailbox in a process of its own', () => {
  let server: PollServer;
  beforeAll(async () => {
    server = await startPollServer();
  });
  afterAll(() => server.stop());

  it.each([
    ['imap', 1],
    ['pop3', 2],
  ] as const)(
    'killed at some call lets each mail of %s in once, and deletes it then',
    { timeout: 120_000 },
    async (protocol, seed) => {
      const random = createSeededRandom(seed);
      const { calls, deaths, faults } = await killPolls(server, protocol, (positions) =>
        sampleList(positions, SAMPLE_SIZE, random),
      );
      expect(faults).toEqual([]);
      expect(calls).toBeGreaterThan(8);
      expect(deaths).toBe(SAMPLE_SIZE);
    },
  );
});

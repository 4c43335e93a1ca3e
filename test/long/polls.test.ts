import { afterAll, beforeAll, expect, it } from 'vitest';
import { killPolls, type PollServer, startPollServer } from '../kill/kill-polls.ts';
import { dovecot } from '../support/dovecot/dovecot.ts';
import { describeWith } from '../support/requirement.ts';

describeWith([dovecot], 'poll-mailbox that is killed at every call', () => {
  let server: PollServer;
  beforeAll(async () => {
    server = await startPollServer();
  });
  afterAll(() => server.stop());

  it.each(['imap', 'pop3'] as const)(
    'lets each mail of %s in once, and deletes it then',
    async (protocol) => {
      const { calls, positions, deaths, faults } = await killPolls(server, protocol);
      expect(faults).toEqual([]);
      expect(positions).toBe(2 * calls);
      expect(deaths).toBe(positions);
    },
  );
});

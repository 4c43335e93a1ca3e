import { expect, it } from 'vitest';
import { runSoak, writeSoakTable } from '../soak/run-soak.ts';

const MAILS = 100_000;
const SECONDS = 3_600;

it(
  '100,000 mails in an hour, through functions that fail and die at random, come out as they went in',
  async () => {
    const result = await runSoak({
      mails: MAILS,
      seed: 20261124,
      mailsPerSecond: MAILS / SECONDS,
    });
    process.stdout.write(writeSoakTable(result));
    expect(result).toMatchObject({ mails: MAILS, lost: 0, twice: 0, unequal: 0, unexpected: 0 });
    expect(result.delivered + result.setAside).toBe(result.deliveries);
    expect(result.setAside).toBeLessThan(MAILS / 100);
  },
  3 * SECONDS * 1_000,
);

import { expect, it } from 'vitest';
import { runSoak, writeSoakTable } from './soak/run-soak.ts';

const MAILS = 2_000;
/** It takes about a minute on two processors that have other tests to run as well. */
const TIMEOUT_MS = 240_000;

it(
  '2,000 mails through functions that fail and die at random come out as they went in',
  async () => {
    const result = await runSoak({ mails: MAILS, seed: 20261124 });
    process.stdout.write(writeSoakTable(result));
    expect(result).toMatchObject({ mails: MAILS, lost: 0, twice: 0, unequal: 0, unexpected: 0 });
    expect(result.delivered + result.setAside).toBe(result.deliveries);
    // What fails five times in a row by chance is set aside; more than a few would be no chance.
    expect(result.setAside).toBeLessThan(MAILS / 100);
    expect(result.kills).toBeGreaterThan(10);
    expect(result.faults).toBeGreaterThan(100);
  },
  TIMEOUT_MS,
);

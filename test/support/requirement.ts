import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';

/** A part that a suite needs and a machine may lack. */
export interface Requirement {
  /** What the closing line calls it: `swaks`, `the AWS SAM command line`. */
  readonly name: string;
  readonly isPresent: () => boolean;
}

/** A program on the PATH, present when it answers `--version` (or the given arguments). */
export const program = (name: string, args: readonly string[] = ['--version']): Requirement => ({
  name,
  isPresent: () => spawnSync(name, args, { stdio: 'ignore' }).status === 0,
});

// Workers and the reporter are different processes of one run; the parent's id is what they share.
const leftOutFile = (runId: number): string => join(tmpdir(), `postroom-left-out-${runId}`);

/**
 * Describes a suite that needs parts a machine may lack. Without one it is skipped and the end of
 * the run says so; with `CI=true` it fails instead, so that nothing is ever left out there.
 */
export function describeWith(
  requirements: readonly Requirement[],
  title: string,
  suite: () => void,
): void {
  const missing = requirements.filter((requirement) => !requirement.isPresent());
  if (missing.length === 0) {
    describe(title, suite);
    return;
  }
  const names = missing.map((requirement) => requirement.name).join(' and ');
  if (process.env['CI'] === 'true') {
    throw new Error(`${title}: ${names} is missing, and with CI=true no suite may be left out`);
  }
  appendFileSync(leftOutFile(process.ppid), `${title} (needs ${names})\n`);
  describe.skip(title, suite);
}

/** What {@link describeWith} left out in the run of this process. */
export function readLeftOut(): readonly string[] {
  const file = leftOutFile(process.pid);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

import type { Reporter, TestModule } from 'vitest/node';
import { readLeftOut } from './requirement.ts';

/**
 * Closes a run with what a reader must not miss: which suites this machine could not run and what
 * brings the missing part, then one plain line of counts.
 */
export default class ClosingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      const states = Array.from(module.children.allTests(), (test) => test.result().state);
      for (const state of states) counts[state] += 1;
      // A module or a suite may fail by itself, its tests then count as skipped.
      if (module.state() === 'failed' && !states.includes('failed')) counts.failed += 1;
    }
    const leftOut = readLeftOut();
    if (leftOut.length > 0) {
      process.stdout.write(
        `\nLEFT OUT on this machine: ${leftOut.join(', ')}. \`npm run test:setup\` brings what they need.\n`,
      );
    }
    process.stdout.write(
      `\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped + counts.pending} skipped\n`,
    );
  }
}

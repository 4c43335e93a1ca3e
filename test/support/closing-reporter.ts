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
      for (const test of module.children.allTests()) counts[test.result().state] += 1;
      if (module.errors().length > 0) counts.failed += 1;
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

import type { Command } from 'commander';
import { readCommandLineEnvironment } from './environment.ts';
import { writeNote } from './output/write-line.ts';
import { reportFailure } from './report-failure.ts';

/**
 * A reader that has seen enough (`postroom queue | head`) closes the pipe: that is no failure. With
 * any other reason there is nobody left to write the result to.
 */
function endWhenOutputCloses(): void {
  process.stdout.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(0);
    writeNote(`postroom: standard output cannot be written (${code})`);
    process.exit(1);
  });
}

/**
 * Runs a command and leaves its exit status: 0 done, 1 failed, 2 called wrongly.
 *
 * @param args What was written after `postroom`.
 */
export async function runCommandLine(program: Command, args: readonly string[]): Promise<void> {
  endWhenOutputCloses();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    const { exitStatus, lines } = reportFailure(error, readCommandLineEnvironment().isDebug);
    for (const line of lines) writeNote(line);
    process.exitCode = exitStatus;
  }
}

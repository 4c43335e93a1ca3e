import { CommanderError } from 'commander';
import { ConfigurationError, describeError, PostroomError } from '../mail/errors.ts';
import { CommandError } from './command-error.ts';

/** What a failed command leaves behind. */
export interface FailureReport {
  readonly exitStatus: number;
  /** For stderr, without line ends. Empty when commander has already said it. */
  readonly lines: readonly string[];
}

const joinLines = (text: string): string => text.split(/\s*\n\s*/).join(' ');

function reportUnexpected(error: unknown, isDebug: boolean): FailureReport {
  const kind = error instanceof Error ? error.name : typeof error;
  const line = `postroom: unexpected ${kind}: ${joinLines(describeError(error))}`;
  if (!isDebug) {
    const advice = 'run it again with POSTROOM_DEBUG=1 and report what that prints';
    return { exitStatus: 1, lines: [`${line} (${advice})`] };
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return { exitStatus: 1, lines: [line, stack] };
}

/** Words a failure for a person at a command line: a line for each thing wrong, no stack. */
export function reportFailure(error: unknown, isDebug: boolean): FailureReport {
  if (error instanceof CommanderError) {
    // Showing help or the version is no failure; everything else of commander's is wrong usage.
    return { exitStatus: error.exitCode === 0 ? 0 : 2, lines: [] };
  }
  if (error instanceof CommandError) {
    return { exitStatus: error.exitStatus, lines: [`postroom: ${joinLines(error.message)}`] };
  }
  if (error instanceof ConfigurationError) {
    const lines = error.message.split('\n').map((line) => `postroom: configuration: ${line}`);
    return { exitStatus: 1, lines };
  }
  if (error instanceof PostroomError) {
    return { exitStatus: 1, lines: [`postroom: ${joinLines(error.message)}`] };
  }
  if (error instanceof Error && error.name === 'ExitPromptError') {
    return { exitStatus: 1, lines: ['postroom: stopped; nothing was written'] };
  }
  return reportUnexpected(error, isDebug);
}

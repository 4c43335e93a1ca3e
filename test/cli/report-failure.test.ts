import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../cli/command-error.ts';
import { reportFailure } from '../../cli/report-failure.ts';
import { ConfigurationError, PeerUnavailableError } from '../../mail/errors.ts';

describe('reportFailure', () => {
  it('gives what a person can mend in one line with the status that it carries', () => {
    const error = new CommandError('mail.eml: no such\n file', { exitStatus: 2 });
    expect(reportFailure(error, false)).toEqual({
      exitStatus: 2,
      lines: ['postroom: mail.eml: no such file'],
    });
  });

  it('gives an error of ours in one line without its cause', () => {
    const error = new PeerUnavailableError('SQS does not answer', { cause: new Error('secret') });
    expect(reportFailure(error, true)).toEqual({
      exitStatus: 1,
      lines: ['postroom: SQS does not answer'],
    });
  });

  it('gives a line for each fault of a configuration', () => {
    const error = new ConfigurationError([
      { path: 'a', message: 'one' },
      { path: 'b', message: 'two' },
    ]);
    expect(reportFailure(error, false).lines).toEqual([
      'postroom: configuration: a: one',
      'postroom: configuration: b: two',
    ]);
  });

  it('counts wrong usage as 2 and shown help as success', () => {
    expect(reportFailure(new CommanderError(1, 'commander.x', 'x'), false).exitStatus).toBe(2);
    expect(reportFailure(new CommanderError(0, 'commander.help', 'x'), false).exitStatus).toBe(0);
  });

  it('keeps the stack of an unexpected error to itself and says how to see it', () => {
    expect(reportFailure(new TypeError('x is not a function'), false)).toEqual({
      exitStatus: 1,
      lines: [
        'postroom: unexpected TypeError: x is not a function (run it again with POSTROOM_DEBUG=1 and report what that prints)',
      ],
    });
  });

  it('shows the stack of an unexpected error to who debugs', () => {
    const { lines } = reportFailure(new TypeError('x is not a function'), true);
    expect(lines[1]).toContain('report-failure.test.ts');
  });

  it('takes leaving a question unanswered for a decision', () => {
    const error = Object.assign(new Error('User force closed'), { name: 'ExitPromptError' });
    expect(reportFailure(error, false).lines).toEqual(['postroom: stopped; nothing was written']);
  });
});

import { input, select } from '@inquirer/prompts';
import { CommandError } from '../command-error.ts';
import { CASE_SOURCES, CASES } from './configuration-cases.ts';
import { findAnswerFault } from './find-answer-fault.ts';
import type { InitAnswers } from './write-configuration-source.ts';

/** Asks a person for the answers that flags did not give. Needs a terminal. */
export async function askAnswers(given: Partial<InitAnswers>): Promise<InitAnswers> {
  const validate = (member: 'domain' | 'environment') => (value: string) =>
    findAnswerFault(member, value) ?? true;
  return {
    case:
      given.case ??
      (await select({
        message: 'What is the mail for?',
        choices: CASES.map((value) => ({ value, name: CASE_SOURCES[value].summary })),
      })),
    domain:
      given.domain ??
      (await input({ message: 'Which domain receives it?', validate: validate('domain') })),
    environment:
      given.environment ??
      (await input({
        message: 'What is this environment called?',
        default: 'dev',
        validate: validate('environment'),
      })),
  };
}

/**
 * The answers without anyone to ask.
 *
 * @throws {CommandError} When one that has no default is missing.
 */
export function completeAnswers(given: Partial<InitAnswers>): InitAnswers {
  const { case: name, domain, environment = 'dev' } = given;
  if (name === undefined || domain === undefined) {
    throw new CommandError(
      `init: expected --case ${CASES.join('|')} and --domain NAME, as there is no terminal to ask on`,
      { exitStatus: 2 },
    );
  }
  return { case: name, domain, environment };
}

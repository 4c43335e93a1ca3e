import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from './command-error.ts';
import { askAnswers, completeAnswers } from './init/ask-answers.ts';
import { CASES, type ConfigurationCase } from './init/configuration-cases.ts';
import { findAnswerFault } from './init/find-answer-fault.ts';
import { type InitAnswers, writeConfigurationSource } from './init/write-configuration-source.ts';
import { writeLine } from './output/write-line.ts';
import { createConfigOption } from './read-command-configuration.ts';

interface InitOptions {
  readonly case?: ConfigurationCase;
  readonly domain?: string;
  readonly environment?: string;
  readonly config: string;
  readonly force?: true;
}

const parseAnswer =
  (member: 'domain' | 'environment') =>
  (written: string): string => {
    const fault = findAnswerFault(member, written);
    if (fault !== undefined) throw new InvalidArgumentError(`${fault}.`);
    return written.toLowerCase();
  };

const refuseToReplace = (file: string): CommandError =>
  new CommandError(`init: ${file} is there already; --force writes over it`);

/** Creating and refusing to replace in one step: nobody's file is lost to a race. */
async function writeNewFile(file: string, text: string, isForced: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: isForced ? 'w' : 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') {
      throw refuseToReplace(file);
    }
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' || code === 'ENOSPC') {
      throw new CommandError(`init: ${file} cannot be written (${code})`);
    }
    throw error;
  }
}

async function writeConfiguration(options: InitOptions): Promise<void> {
  // Asked first, so that nobody answers questions for nothing.
  if (options.force !== true && existsSync(options.config)) throw refuseToReplace(options.config);
  const given: Partial<InitAnswers> = {
    ...(options.case === undefined ? {} : { case: options.case }),
    ...(options.domain === undefined ? {} : { domain: options.domain }),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  };
  const isComplete = options.case !== undefined && options.domain !== undefined;
  const answers =
    process.stdin.isTTY && !isComplete ? await askAnswers(given) : completeAnswers(given);
  await writeNewFile(options.config, writeConfigurationSource(answers), options.force === true);
  writeLine(`${options.config} is written: ${answers.case} for ${answers.domain}.`);
  writeLine('Try it on this machine with `npm start`; edit it while that runs.');
}

/** `postroom init`: a first `postroom.config.ts`. */
export function addInitCommand(program: Command): void {
  program
    .command('init')
    .summary('write a commented postroom.config.ts')
    .description(
      'Writes a commented postroom.config.ts for a case. Asks on a terminal for what no flag says.',
    )
    .addOption(new Option('--case <case>', 'what the mail is for').choices(CASES))
    .option('--domain <name>', 'the domain that receives it', parseAnswer('domain'))
    .option(
      '--environment <name>',
      'the name of this environment (default: dev)',
      parseAnswer('environment'),
    )
    .option('--force', 'write over a file that is there')
    .addOption(createConfigOption())
    .action(writeConfiguration);
}

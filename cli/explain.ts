import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Configuration } from '../mail/configuration/configuration-schema.ts';
import { hintNearestName } from '../mail/configuration/nearest-name.ts';
import { VERDICT_STATUSES, type Verdicts } from '../mail/contracts/verdicts.ts';
import { toSqsJson } from '../mail/message/sqs-json.ts';
import { CommandError } from './command-error.ts';
import { collectAddress, parseSender } from './address-options.ts';
import { readCommandLineEnvironment } from './environment.ts';
import { explainMail, type MailExplanation } from './explain/explain-mail.ts';
import { formatExplanation } from './explain/format-explanation.ts';
import { openMailFile } from './explain/open-mail-file.ts';
import { writeLine, writeNote } from './output/write-line.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';
import { reportFailure } from './report-failure.ts';

interface ExplainOptions extends ConfigurationOptions {
  readonly to: readonly string[];
  readonly from?: string;
  readonly verdict: Verdicts;
  readonly mailbox?: string;
  readonly json?: true;
}

const NOT_SCANNED: Verdicts = {
  spam: 'DISABLED',
  virus: 'DISABLED',
  spf: 'DISABLED',
  dkim: 'DISABLED',
  dmarc: 'DISABLED',
};
const CHECKS = ['spam', 'virus', 'spf', 'dkim', 'dmarc'] as const;

function parseVerdict(written: string, previous: Verdicts): Verdicts {
  const [name, wanted] = written.split('=');
  const check = CHECKS.find((known) => known === name?.toLowerCase());
  const status = VERDICT_STATUSES.find((known) => known === wanted?.toUpperCase());
  if (check === undefined || status === undefined) {
    throw new InvalidArgumentError(
      `Expected ${CHECKS.join('|')} = ${VERDICT_STATUSES.join('|')}, such as spam=FAIL.`,
    );
  }
  return { ...previous, [check]: status };
}

function findMailbox({ mailboxes }: Configuration, wanted: string | undefined) {
  if (wanted === undefined) return undefined;
  const found = mailboxes.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const names = mailboxes.map(({ name }) => name);
  throw new CommandError(
    `--mailbox: expected the name of a member of mailboxes, came "${wanted}"${hintNearestName(wanted, names)}`,
  );
}

function writeEvents({ name, events }: MailExplanation): void {
  for (const { event } of events) writeLine(toSqsJson(event));
  if (events.length === 0) writeNote(`${name}: the rules drop it, so there is no event`);
}

async function explainFiles(files: readonly string[], options: ExplainOptions): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  const arrival = {
    sender: options.from,
    recipients: options.to,
    verdicts: options.verdict,
    mailbox: findMailbox(configuration, options.mailbox),
  };
  for (const [index, file] of files.entries()) {
    try {
      const explanation = await explainMail(await openMailFile(file), arrival, configuration);
      if (options.json === true) {
        writeEvents(explanation);
        continue;
      }
      if (index > 0) writeLine();
      for (const line of formatExplanation(explanation, configuration.limits)) writeLine(line);
    } catch (error) {
      // One bad file among many must not hide what the others would do.
      const { lines, exitStatus } = reportFailure(error, readCommandLineEnvironment().isDebug);
      for (const line of lines) writeNote(line);
      process.exitCode = exitStatus;
    }
  }
}

/** `postroom explain FILE…`: what the rules do with a mail, and why. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .summary('what the rules do with a mail, and why')
    .description(
      'Reads raw mails and shows what was read, what the rules decide and on which values.\n' +
        'Uses the code that is deployed; needs no AWS and changes nothing.',
    )
    .argument('<files...>', 'raw mails (.eml); - is standard input')
    .addOption(
      new Option('--to <address>', 'envelope recipient; repeat it for several')
        .argParser(collectAddress)
        .default([], 'To and Cc in our domains'),
    )
    .option(
      '--from <address>',
      'envelope sender, <> for a bounce (default: the From header)',
      parseSender,
    )
    .addOption(
      new Option('--mailbox <name>', 'as if it were polled from this mailbox').conflicts('to'),
    )
    .addOption(
      new Option('--verdict <check=status>', 'assume what SES found; repeat it for several')
        .argParser(parseVerdict)
        .default(NOT_SCANNED, 'not scanned'),
    )
    .option('--json', 'print each event as its queue would hold it, one a line')
    .addOption(createConfigOption())
    .addOption(createEnvOption('the environment that the configuration is read for'))
    .action(explainFiles);
}

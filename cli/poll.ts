import { type Command, InvalidArgumentError, Option } from 'commander';
import { pollMailbox } from '../lambdas/poll-mailbox/poll-mailbox.ts';
import type { PollReport } from '../lambdas/poll-mailbox/ports.ts';
import type { MailboxConfiguration } from '../mail/configuration/mailbox-schema.ts';
import { POLL_MAILBOX_TIMEOUT_SECONDS } from '../mail/configuration/polls-queue.ts';
import { findCredentialFault } from '../mail/credentials/find-credential-fault.ts';
import { CommandError } from './command-error.ts';
import { chooseMailbox } from './mailbox/choose-mailbox.ts';
import { writeLine } from './output/write-line.ts';
import { describePoll } from './poll/describe-poll.ts';
import { type OpenPollPlace, openPollPlace } from './poll/open-poll-place.ts';
import { watchProgress } from './poll/watch-progress.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';

interface PollCommandOptions extends ConfigurationOptions {
  readonly act?: true;
  readonly limit?: number;
  readonly json?: true;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,6}$/.test(text) && limit >= 1) return limit;
  throw new InvalidArgumentError('Expected how many mails to take, 1 or more.');
}

/** What is deployed would take it that the mail is dealt with, and never change it in its mailbox. */
function assertMayPoll(
  { name, afterwards }: MailboxConfiguration,
  options: PollCommandOptions,
): void {
  if (options.env === undefined || options.act === true || afterwards === 'leave') return;
  throw new CommandError(
    `poll: expected --act with --env, as ${name} has afterwards ${JSON.stringify(afterwards)}, which would never be done to mail that this poll takes; leave --env out to try it in the local run`,
    { exitStatus: 2 },
  );
}

/** @throws {CommandError} A poll without a password would only pause the mailbox. */
async function assertCredential(
  mailbox: MailboxConfiguration,
  { ports: { credentials } }: OpenPollPlace,
): Promise<void> {
  const fault = await findCredentialFault(mailbox, credentials);
  if (fault !== undefined) throw new CommandError(`poll: ${mailbox.name}: ${fault}`);
}

function poll(
  mailbox: MailboxConfiguration,
  { ports }: OpenPollPlace,
  { act, limit, json }: PollCommandOptions,
): Promise<PollReport> {
  const watch = watchProgress({
    isTerminal: process.stdout.isTTY && process.stderr.isTTY,
    isJson: json === true,
    writeLine,
    writeRaw: (text) => process.stderr.write(text),
  });
  const polling = pollMailbox(mailbox, ports, {
    deadlineAtMs: ports.clock.now() + POLL_MAILBOX_TIMEOUT_SECONDS * 1000,
    isActing: act === true,
    isForced: true,
    observe: watch.observe,
    ...(limit === undefined ? {} : { limit }),
  });
  return polling.finally(watch.end);
}

async function runPoll(name: string, options: PollCommandOptions): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  const mailbox = chooseMailbox('poll', configuration, name);
  assertMayPoll(mailbox, options);
  const place = await openPollPlace(configuration, options);
  try {
    await assertCredential(mailbox, place);
    const report = await poll(mailbox, place, options);
    const { mark, lines } = describePoll(report, { mailbox, isActing: options.act === true });
    if (options.json === true) writeLine(JSON.stringify({ event: 'report', ...report }));
    else for (const line of lines) writeLine(line);
    if (mark === 'wrong') process.exitCode = 1;
  } finally {
    place.close();
  }
}

/** `postroom poll NAME`: polls a mailbox once. */
export function addPollCommand(program: Command): void {
  program
    .command('poll')
    .summary('polls a mailbox once, read-only unless --act')
    .description(
      'Polls a mailbox once, whether it is due or not: what is new in it comes in as with the deployed\n' +
        'polls. Into the local run, or with --env into what is deployed. Without --act the mailbox is\n' +
        'opened read-only and stays as it is; what was taken counts as taken in the local run. With\n' +
        '--act the mails that it takes are marked, moved or deleted as the configuration says.',
    )
    .argument('<name>', 'a mailbox of the configuration')
    .option('--act', 'mark, move or delete in the mailbox what was taken')
    .addOption(new Option('--limit <n>', 'take so many mails at the most').argParser(parseLimit))
    .option('--json', 'print an object a line: one for each mail, then the report')
    .addOption(createConfigOption())
    .addOption(createEnvOption('poll into this deployed environment instead of the local run'))
    .action(runPoll);
}

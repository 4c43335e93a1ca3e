import type { Command } from 'commander';
import { createDynamoDbMailboxStates } from '../adapters/aws/dynamodb-mailbox-states.ts';
import { openSession } from '../lambdas/poll-mailbox/open-session.ts';
import { MAILBOX_LEASE_SECONDS } from '../mail/configuration/polls-queue.ts';
import { systemClock } from '../mail/ports/clock.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { chooseMailbox } from './mailbox/choose-mailbox.ts';
import { examineMailbox } from './mailbox/examine-mailbox.ts';
import { formatExamined, formatListed, listMailbox } from './mailbox/format-mailbox.ts';
import { openCredentials } from './mailbox/open-credentials.ts';
import { writeLine, writeNote } from './output/write-line.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';

interface MailboxOptions extends ConfigurationOptions {
  readonly json?: true;
}

/** LIMIT: how long a person waits for a server; a hundred folders take a few seconds. */
const TEST_TIMEOUT_MS = 60_000;

async function runTest(name: string, options: MailboxOptions): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  const mailbox = chooseMailbox('mailbox test', configuration, name);
  const { credentials, close } = openCredentials(configuration, options);
  try {
    const signal = AbortSignal.timeout(TEST_TIMEOUT_MS);
    const examined = await examineMailbox(mailbox, { credentials, openSession, signal });
    const lines = options.json === true ? [JSON.stringify(examined)] : formatExamined(examined);
    for (const line of lines) writeLine(line);
    if (examined.findings.some(({ mark }) => mark === 'wrong')) process.exitCode = 1;
  } finally {
    close();
  }
}

async function runList(options: MailboxOptions): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  const { mailboxes, retention } = configuration;
  const { dynamodb, table, close } = openLedger('mailbox list', configuration, options);
  try {
    const states = createDynamoDbMailboxStates(dynamodb, {
      table,
      clock: systemClock,
      leaseSeconds: MAILBOX_LEASE_SECONDS,
      retentionDays: retention.rawDays,
    });
    const rows = await states.readStates(mailboxes.map(({ name }) => name));
    for (const mailbox of mailboxes) {
      const row = rows.find((one) => one.mailbox === mailbox.name);
      const listed = listMailbox(mailbox, row, systemClock.now());
      const lines = options.json === true ? [JSON.stringify(listed)] : formatListed(listed);
      for (const line of lines) writeLine(line);
    }
    if (mailboxes.length === 0) writeNote('postroom.config.ts has no mailboxes');
  } finally {
    close();
  }
}

/** `postroom mailbox`: what is known of mailboxes that are polled, and what cannot work there. */
export function addMailboxCommand(program: Command): void {
  const mailbox = program
    .command('mailbox')
    .summary('the mailboxes that are polled: list them, test one')
    .description('Shows how the polls of mailboxes go, and finds what cannot work with one.');
  mailbox
    .command('test')
    .summary('logs in to a mailbox and says what cannot work there')
    .description(
      'Logs in, read-only, and shows what the server can, its folders and how much is in them; then\n' +
        'what of the configuration works there: ✓, or ✗ with what to do. Reads no mail and changes\n' +
        'nothing. The password comes from .postroom/secrets/, with --env from Secrets Manager.\n' +
        'Exit status 1 when something cannot work.',
    )
    .argument('<name>', 'a mailbox of the configuration')
    .option('--json', 'print what was found as one object')
    .addOption(createConfigOption())
    .addOption(createEnvOption('take the password of this deployed environment'))
    .action(runTest);
  mailbox
    .command('list')
    .summary('when each mailbox was polled, and how that went')
    .description(
      'Lists the mailboxes of the configuration: last successful poll, next one, failures, pauses.\n' +
        'Asks the local run, or with --env what is deployed.',
    )
    .option('--json', 'print an object a line')
    .addOption(createConfigOption())
    .addOption(createEnvOption('ask this deployed environment instead of the local run'))
    .action(runList);
}

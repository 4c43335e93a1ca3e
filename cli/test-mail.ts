import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { createSesMailSender } from '../adapters/aws/ses-mail-sender.ts';
import { createMailNames } from '../adapters/dns/mail-names.ts';
import { examineObstacles } from './doctor/examine-environment.ts';
import { openAccount } from './open-account.ts';
import { styleMark } from './output/style.ts';
import { writeLine } from './output/write-line.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';
import { runTestMail } from './test-mail/run-test-mail.ts';

interface TestMailCommandOptions extends ConfigurationOptions {
  readonly to?: string;
  readonly timeout: number;
}

const DEFAULT_TIMEOUT_SECONDS = 60;
const MAX_TIMEOUT_SECONDS = 900;

function parseTimeout(written: string): number {
  const seconds = Number(written);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS) return seconds;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_TIMEOUT_SECONDS}.`);
}

async function sendTestMail(options: TestMailCommandOptions): Promise<boolean> {
  const configuration = await readCommandConfiguration(options);
  const { account, browser, createQueueSource, readRegion, ses, destroy } = openAccount();
  try {
    const region = await readRegion();
    return await runTestMail(
      configuration,
      { recipient: options.to, timeoutSeconds: options.timeout },
      {
        browser,
        region,
        sender: createSesMailSender(ses),
        readNowMs: Date.now,
        createToken: randomUUID,
        pause,
        reportStep: (mark, text) => {
          writeLine(`${styleMark(mark)} ${text}`);
        },
        findObstacles: () =>
          examineObstacles(configuration, region, {
            account,
            names: createMailNames(),
            queues: createQueueSource(configuration),
          }),
      },
    );
  } finally {
    destroy();
  }
}

/** `postroom test-mail`: a mail through what is deployed. */
export function addTestMailCommand(program: Command): void {
  program
    .command('test-mail')
    .summary('send a mail through what is deployed and wait for it')
    .description(
      'Sends a small mail through Amazon SES to an address of yours and waits until it is in the\n' +
        'queue that the rules choose. Takes its own event out again and gives back all others.',
    )
    .option('--to <address>', 'where to (default: the first address of the configuration)')
    .option('--timeout <seconds>', 'how long to wait', parseTimeout, DEFAULT_TIMEOUT_SECONDS)
    .addOption(createConfigOption())
    .addOption(createEnvOption('the environment to test').makeOptionMandatory())
    .action(async (options: TestMailCommandOptions) => {
      if (!(await sendTestMail(options))) process.exitCode = 1;
    });
}

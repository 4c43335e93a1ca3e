import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { STATE_FOLDER } from '../local/endpoints.ts';
import { LocalRunError } from '../local/local-run-error.ts';
import { formatEvent } from '../local/output/format-event.ts';
import type { LocalEventListener } from '../local/output/local-event.ts';
import type { LocalRun, LocalRunOptions } from '../local/run/start-local-run.ts';
import { CommandError } from './command-error.ts';
import { writeLine } from './output/write-line.ts';
import { createConfigOption } from './read-command-configuration.ts';

interface StartOptions {
  readonly config: string;
  readonly smtpPort?: number;
  readonly awsPort: number;
  readonly dynamodbPort: number;
  readonly host: string;
  readonly state?: string;
  readonly fresh: boolean;
  readonly samples: boolean;
  readonly once: boolean;
  readonly act: boolean;
  readonly polls: boolean;
  readonly json: boolean;
}

const DEFAULT_SMTP_PORT = 2525;
/** A second signal this soon is the same Ctrl-C, passed on by npm too. */
const SAME_SIGNAL_MS = 500;

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port, 0 to 65535; 0 takes a free one.');
}

const createPortOption = (name: string, description: string): Option =>
  new Option(`--${name} <port>`, description).argParser(parsePort);

const createListener = ({ json }: StartOptions): LocalEventListener => {
  const hasColours = process.stdout.isTTY && process.stdout.hasColors();
  return (event) => {
    if (json) writeLine(JSON.stringify(event));
    else for (const line of formatEvent(event, { hasColours })) writeLine(line);
  };
};

/** Waits for Ctrl-C, or for what ends a service; a second one ends the process at once. */
function waitForSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let firstAt: number | undefined;
  const take = (): void => {
    if (firstAt !== undefined && Date.now() - firstAt > SAME_SIGNAL_MS) process.exit(130);
    firstAt ??= Date.now();
    resolve(undefined);
  };
  process.on('SIGINT', take);
  process.on('SIGTERM', take);
  return promise;
}

/** The emulators take 0.4 s to import, which no other command should wait for. */
async function openLocalRun(options: LocalRunOptions): Promise<LocalRun> {
  const { startLocalRun } = await import('../local/run/start-local-run.ts');
  return startLocalRun(options);
}

async function runUntilSignal(options: LocalRunOptions): Promise<void> {
  const signal = waitForSignal();
  const run = await openLocalRun(options);
  await signal;
  await run.stop();
}

/** Runs the samples through, in a state of their own unless a folder is named. */
async function runOnce(options: LocalRunOptions): Promise<void> {
  const run = await openLocalRun(options);
  try {
    const { samples, faults } = await run.checkSamples();
    options.report({ event: 'samples-checked', samples, faults });
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await run.stop();
  }
}

async function withStateFolder(
  { state, once }: StartOptions,
  use: (stateFolder: string) => Promise<void>,
): Promise<void> {
  if (state !== undefined || !once) {
    await use(state ?? STATE_FOLDER);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'postroom-once-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const choosePolling = ({
  once,
  polls,
  act,
}: StartOptions): NonNullable<LocalRunOptions['polling']> => {
  if (once || !polls) return 'never';
  return act ? 'acting' : 'read-only';
};

async function startCommand(options: StartOptions): Promise<void> {
  const { config, host, awsPort, dynamodbPort, fresh, once, samples } = options;
  await withStateFolder(options, (stateFolder) =>
    (once ? runOnce : runUntilSignal)({
      configurationFile: config,
      stateFolder,
      isFresh: fresh,
      host,
      // A run for the samples alone stands in nobody's way.
      smtpPort: options.smtpPort ?? (once ? 0 : DEFAULT_SMTP_PORT),
      awsPort,
      dynamodbPort,
      samples: samples && !once ? 'on-first-start' : 'never',
      report: createListener(options),
      polling: choosePolling(options),
      ...(once ? { maxRetrySeconds: 0 } : {}),
    }),
  );
}

/** `postroom start`: the whole mail room on this machine. */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('run the whole mail room on this machine')
    .addOption(createConfigOption())
    .addOption(createPortOption('smtp-port', `where to take mail (default: ${DEFAULT_SMTP_PORT})`))
    .addOption(
      createPortOption('aws-port', 'where S3, SQS and SNS listen').default(0, 'a free one'),
    )
    .addOption(createPortOption('dynamodb-port', 'where DynamoDB listens').default(0, 'a free one'))
    .option('--host <address>', 'where the emulators listen, for containers', '127.0.0.1')
    .option('--state <folder>', `where to keep mail and queues (default: "${STATE_FOLDER}")`)
    .option('--fresh', 'start over with nothing kept', false)
    .option('--no-samples', 'send no sample mails on the first start')
    .option('--once', 'send the samples, check that they are where the rules say, and end', false)
    .option('--act', 'mark, move or delete polled mail in its mailbox, as configured', false)
    .option('--no-polls', 'poll no mailboxes')
    .option('--json', 'write one JSON object a line', false)
    .action(async (options: StartOptions) => {
      try {
        await startCommand(options);
      } catch (error) {
        throw error instanceof LocalRunError ? new CommandError(error.message) : error;
      }
    });
}

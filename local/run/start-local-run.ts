import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { describeError } from '../../mail/errors.ts';
import type { LocalEndpoints } from '../endpoints.ts';
import { checkSamples } from './check-samples.ts';
import { decideAgain } from './decide-again.ts';
import { describeStartFailure } from './describe-start-failure.ts';
import type { LocalRunOptions } from './local-run-options.ts';
import { createLocalPorts } from './mail-room.ts';
import { reloadConfiguration } from './reload-configuration.ts';
import { addressSamples, readSampleMails, sendSamples } from './sample-mails.ts';
import { createShutdown, type Shutdown } from './shutdown.ts';
import { type RunningParts, startParts } from './start-parts.ts';
import { type FileWatch, watchFile } from './watch-file.ts';

export type { LocalRunOptions } from './local-run-options.ts';

/** What came of the samples. */
export interface CheckedSamples {
  readonly samples: number;
  /** A line for each thing that is wrong. */
  readonly faults: readonly string[];
}

/** A mail room that runs on this machine. */
export interface LocalRun {
  readonly endpoints: LocalEndpoints;
  /** Sends the samples and looks whether they are where the rules say. */
  readonly checkSamples: () => Promise<CheckedSamples>;
  /** Ends what is under way, closes every socket. What is in the queues is kept. */
  readonly stop: () => Promise<void>;
}

/** An address that a configuration takes mail for. */
function findExampleAddress({ receiving }: Configuration): string {
  const [first] = receiving.domains;
  return `${first?.addresses?.[0] ?? 'anyone'}@${first?.domain ?? ''}`;
}

/** Reloads the configuration each time that it is saved. */
function watchConfiguration(
  { configurationFile, report }: LocalRunOptions,
  { configuration, emulators, recentMails }: RunningParts,
): FileWatch {
  const { clients, dynamodb, queueUrlBase } = emulators;
  const { environment } = configuration.read();
  const ports = createLocalPorts({
    clients,
    dynamodb,
    queueUrlBase,
    environment,
    readConfiguration: configuration.readParseMail,
  });
  return watchFile(configurationFile, () =>
    reloadConfiguration({
      file: configurationFile,
      clients,
      readCurrent: configuration.read,
      exchange: configuration.exchange,
      decideAgain: (next) => decideAgain(recentMails.list(), ports, next),
      report,
    }),
  );
}

const sendAllSamples = ({ configuration, door }: RunningParts) =>
  sendSamples(addressSamples(readSampleMails(), configuration.read()), door);

/** A sample that is refused says something about the configuration and ends no run. */
async function sendFirstSamples(
  { samples, report }: LocalRunOptions,
  parts: RunningParts,
): Promise<void> {
  if (samples !== 'on-first-start' || !parts.isFirstStart) return;
  try {
    await sendAllSamples(parts);
  } catch (error) {
    report({ event: 'trouble', message: describeError(error) });
  }
}

async function start(options: LocalRunOptions, shutdown: Shutdown): Promise<LocalRun> {
  const { stateFolder, report, polling } = options;
  const parts = await startParts(options, shutdown);
  const { configuration, endpoints, recentMails } = parts;
  report({
    event: 'ready',
    ...endpoints,
    stateFolder,
    exampleAddress: findExampleAddress(configuration.read()),
    queues: Object.keys(configuration.read().queues),
    mailboxes: polling === 'never' ? [] : configuration.read().mailboxes.map(({ name }) => name),
    isActing: polling === 'acting',
  });
  const watch = watchConfiguration(options, parts);
  shutdown.add(() => watch.close());
  await sendFirstSamples(options, parts);
  return {
    endpoints,
    checkSamples: async () => {
      const sent = await sendAllSamples(parts);
      return {
        samples: sent.length,
        faults: await checkSamples(sent, {
          configuration: configuration.read(),
          endpoints,
          recentMails,
        }),
      };
    },
    stop: async () => {
      await shutdown.run();
      report({ event: 'stopped' });
    },
  };
}

/**
 * Runs the mail room on this machine: an SMTP listener in place of SES, emulators of S3, SNS, SQS
 * and DynamoDB, and the same functions as deployed.
 *
 * @throws {LocalRunError} When it cannot start, in words for a person. Nothing is left running.
 * @throws {ConfigurationError | ConfigurationUnreadableError}
 */
export async function startLocalRun(options: LocalRunOptions): Promise<LocalRun> {
  const shutdown = createShutdown();
  try {
    return await start(options, shutdown);
  } catch (error) {
    await shutdown.run();
    throw describeStartFailure(error, options);
  }
}

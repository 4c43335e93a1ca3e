import type { ReceiveMailPorts } from '../../lambdas/parse-mail/receive-mail.ts';
import { readConfigurationFile } from '../../adapters/filesystem/configuration-file.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { SES_MAX_MAIL_BYTES } from '../../mail/configuration/limits.ts';
import { describeError } from '../../mail/errors.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../emulators/embedded-aws.ts';
import { type LocalEndpoints, removeLocalEndpoints, writeLocalEndpoints } from '../endpoints.ts';
import type { LocalEventListener } from '../output/local-event.ts';
import { localMailBucket } from '../queues/create-resources.ts';
import { createCertificate } from '../ses/create-certificate.ts';
import { isReceived } from '../ses/match-receipt-rules.ts';
import { startSmtpDoor } from '../ses/smtp-door.ts';
import { checkSamples } from './check-samples.ts';
import { type ConfigurationBox, createConfigurationBox } from './configuration-box.ts';
import { decideAgain } from './decide-again.ts';
import { describeStartFailure, describeStorageTrouble } from './describe-start-failure.ts';
import { createLocalPorts, startMailRoom } from './mail-room.ts';
import { createRecentMails, type RecentMails } from './recent-mails.ts';
import { reloadConfiguration } from './reload-configuration.ts';
import { addressSamples, readSampleMails, sendSamples } from './sample-mails.ts';
import { createShutdown, type Shutdown } from './shutdown.ts';
import { type Emulators, startEmulators } from './start-emulators.ts';
import { openStateFolder } from './state-folder.ts';
import { takeMail } from './take-mail.ts';
import { type FileWatch, watchFile } from './watch-file.ts';

/** How a local run is started. */
export interface LocalRunOptions {
  /** Usually `postroom.config.ts`; watched while the run lasts. */
  readonly configurationFile: string;
  readonly stateFolder: string;
  /** Start over with nothing in S3 and the queues. */
  readonly isFresh: boolean;
  /** Where the emulators listen. SMTP listens on 127.0.0.1 always. */
  readonly host: string;
  /** 0 takes a free one; so for the others. */
  readonly smtpPort: number;
  readonly awsPort: number;
  readonly dynamodbPort: number;
  readonly samples: 'on-first-start' | 'never';
  readonly report: LocalEventListener;
  /** When a mail that failed is tried again, in seconds, 0 to 43,200. @default 2 */
  readonly retryAfterSeconds?: number;
  /** Largest mail, in bytes. @default what SES takes */
  readonly maxMailBytes?: number;
  /** Puts something between the function and the world: tests make it fail. @default nothing */
  readonly wrapPorts?: (ports: ReceiveMailPorts) => ReceiveMailPorts;
}

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

const SMTP_HOST = '127.0.0.1';

/** An address that a configuration takes mail for. */
function findExampleAddress({ receiving }: Configuration): string {
  const [first] = receiving.domains;
  return `${first?.addresses?.[0] ?? 'anyone'}@${first?.domain ?? ''}`;
}

const createEndpoints = (
  environment: string,
  { awsEndpoint, dynamodbEndpoint, queueUrlBase }: Emulators,
  smtpPort: number,
): LocalEndpoints => ({
  pid: process.pid,
  awsEndpoint,
  dynamodbEndpoint,
  smtpPort,
  region: LOCAL_REGION,
  account: LOCAL_ACCOUNT,
  environment,
  mailBucket: localMailBucket(environment),
  queueUrlBase,
});

/** Starts the SMTP door; what comes in goes to S3 and the topic. */
async function openDoor(
  { smtpPort, stateFolder, report, maxMailBytes = SES_MAX_MAIL_BYTES }: LocalRunOptions,
  configuration: ConfigurationBox,
  { clients, takeStorageFault }: Emulators,
) {
  const certificate = await createCertificate();
  const door = await startSmtpDoor({
    host: SMTP_HOST,
    port: smtpPort,
    certificate,
    maxBytes: maxMailBytes,
    isReceived: (address) => isReceived(configuration.read(), address),
    acceptMail: (source, dialogue) =>
      takeMail(source, dialogue, {
        clients,
        configuration: configuration.read(),
        maxBytes: maxMailBytes,
        takeStorageFault,
        onTrouble: (fault) => {
          report({ event: 'trouble', message: describeStorageTrouble(fault, stateFolder) });
        },
      }),
  });
  return { ...door, cert: certificate.cert };
}

/** What a run is made of, once everything listens. */
interface RunningParts {
  readonly configuration: ConfigurationBox;
  readonly emulators: Emulators;
  readonly door: Awaited<ReturnType<typeof openDoor>>;
  readonly recentMails: RecentMails;
  readonly endpoints: LocalEndpoints;
  readonly isFirstStart: boolean;
}

/** Starts everything; what is started first is closed last. */
async function startParts(options: LocalRunOptions, shutdown: Shutdown): Promise<RunningParts> {
  const { stateFolder, report, retryAfterSeconds = 2, wrapPorts } = options;
  const configuration = createConfigurationBox(
    await readConfigurationFile(options.configurationFile),
  );
  const { environment } = configuration.read();
  const { isFirstStart } = openStateFolder(stateFolder, options);
  shutdown.add(() => {
    removeLocalEndpoints(stateFolder);
  });
  const emulators = await startEmulators(options, configuration.read(), shutdown);
  const recentMails = createRecentMails();
  const mailRoom = startMailRoom({
    clients: emulators.clients,
    queueUrlBase: emulators.queueUrlBase,
    environment,
    readConfiguration: configuration.readParseMail,
    recentMails,
    report,
    retryAfterSeconds,
    ...(wrapPorts === undefined ? {} : { wrapPorts }),
  });
  shutdown.add(() => mailRoom.stop());
  const door = await openDoor(options, configuration, emulators);
  shutdown.add(() => door.close());
  const endpoints = createEndpoints(environment, emulators, door.port);
  writeLocalEndpoints(stateFolder, endpoints);
  return { configuration, emulators, door, recentMails, endpoints, isFirstStart };
}

/** Reloads the configuration each time that it is saved. */
function watchConfiguration(
  { configurationFile, report }: LocalRunOptions,
  { configuration, emulators, recentMails }: RunningParts,
): FileWatch {
  const { clients, queueUrlBase } = emulators;
  const { environment } = configuration.read();
  const ports = createLocalPorts({
    clients,
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
  const { stateFolder, report } = options;
  const parts = await startParts(options, shutdown);
  const { configuration, endpoints, recentMails } = parts;
  report({
    event: 'ready',
    ...endpoints,
    stateFolder,
    exampleAddress: findExampleAddress(configuration.read()),
    queues: Object.keys(configuration.read().queues),
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

import { join } from 'node:path';
import { readConfigurationFile } from '../../adapters/filesystem/configuration-file.ts';
import { startDropDoor } from '../drop/start-drop-door.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../emulators/embedded-aws.ts';
import { type LocalEndpoints, removeLocalEndpoints, writeLocalEndpoints } from '../endpoints.ts';
import { startMailboxRoom } from '../mailboxes/start-mailbox-room.ts';
import { localMailBucket } from '../queues/create-resources.ts';
import { type ConfigurationBox, createConfigurationBox } from './configuration-box.ts';
import type { LocalRunOptions } from './local-run-options.ts';
import { startMailRoom } from './mail-room.ts';
import { type OpenDoor, openDoor } from './open-door.ts';
import { createRecentMails, type RecentMails } from './recent-mails.ts';
import type { Shutdown } from './shutdown.ts';
import { startDeadLetterRoom } from './start-dead-letter-room.ts';
import { type Emulators, startEmulators } from './start-emulators.ts';
import { openStateFolder } from './state-folder.ts';

/** What a run is made of, once everything listens. */
export interface RunningParts {
  readonly configuration: ConfigurationBox;
  readonly emulators: Emulators;
  readonly door: OpenDoor;
  readonly recentMails: RecentMails;
  readonly endpoints: LocalEndpoints;
  readonly isFirstStart: boolean;
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

/** Starts everything; what is started first is closed last. */
export async function startParts(
  options: LocalRunOptions,
  shutdown: Shutdown,
): Promise<RunningParts> {
  const {
    stateFolder,
    report,
    maxRetrySeconds = Infinity,
    wrapPorts,
    polling = 'read-only',
  } = options;
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
  const room = {
    clients: emulators.clients,
    dynamodb: emulators.dynamodb,
    queueUrlBase: emulators.queueUrlBase,
    environment,
    readConfiguration: configuration.readParseMail,
    maxRetrySeconds,
    report,
  };
  const mailRoom = startMailRoom({
    ...room,
    recentMails,
    ...(wrapPorts === undefined ? {} : { wrapPorts }),
  });
  shutdown.add(() => mailRoom.stop());
  const dropDoor = startDropDoor({
    ...room,
    folder: join(stateFolder, 'drop'),
    onTrouble: (message) => {
      report({ event: 'trouble', message });
    },
  });
  shutdown.add(() => dropDoor.stop());
  const deadLetters = startDeadLetterRoom(room);
  shutdown.add(() => deadLetters.stop());
  if (polling !== 'never') {
    const mailboxes = await startMailboxRoom({
      ...room,
      stateFolder,
      readConfiguration: configuration.read,
      isActing: polling === 'acting',
    });
    shutdown.add(() => mailboxes.stop());
  }
  const door = await openDoor(options, configuration, emulators);
  shutdown.add(() => door.close());
  const endpoints = createEndpoints(environment, emulators, door.port);
  writeLocalEndpoints(stateFolder, endpoints);
  return { configuration, emulators, door, recentMails, endpoints, isFirstStart };
}

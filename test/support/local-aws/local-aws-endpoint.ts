import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { findFreePort } from '../find-free-port.ts';
import type { Requirement } from '../requirement.ts';
import { waitFor } from '../wait-for.ts';
import { signalGroup, stopGroup } from './process-group.ts';

/** The repository's root. */
export const ROOT = resolve(import.meta.dirname, '../../..');
const PYTHON = join(ROOT, '.venv/bin/python');
const PLUGIN = join(import.meta.dirname, 'ministack_plugin.py');
/** The account and region of everything that is deployed to the endpoint. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/** What a suite needs that runs over the endpoint. */
export const localAws: Requirement = {
  name: 'MiniStack',
  isPresent: () => existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import ministack']).status === 0,
};

/** A local AWS endpoint that runs functions as processes of this Node. */
export interface LocalAwsEndpoint {
  readonly url: string;
  /** The whole environment of a child process that works with the endpoint and nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the endpoint lays down mail that was sent by SES, a JSON file each. */
  readonly sentMailFolder: string;
  /** A scratch folder that goes when the endpoint stops. */
  readonly scratchFolder: string;
  /** Stops the endpoint and every function that it started. */
  stop(): Promise<void>;
}

/** This process's environment without whatever could lead to an AWS account or to a developer's files. */
function createChildEnvironment(url: string): Readonly<Record<string, string>> {
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^(AWS_|CDK_|NODE_OPTIONS|VITEST|POSTROOM_)/.test(name)
      ? []
      : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(inherited),
    // Functions run by the first `node` on the PATH, and need this version's.
    PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

async function answersHealthCheck(url: string): Promise<true | undefined> {
  try {
    const response = await fetch(`${url}/_ministack/health`);
    return response.ok ? true : undefined;
  } catch (error) {
    // The port is closed until the endpoint is up.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * Starts MiniStack with our plug-in on a free port of the loopback.
 *
 * @throws {Error} With the endpoint's own last words when it does not come up.
 */
export async function startEndpoint(): Promise<LocalAwsEndpoint> {
  // Outside of any project: MiniStack writes CommonJS workers to its temporary folder, and a
  // package.json with "type": "module" above them would break them.
  const scratchFolder = await mkdtemp(join(tmpdir(), 'postroom-local-aws-'));
  const sentMailFolder = join(scratchFolder, 'sent');
  const sdkFolder = join(scratchFolder, 'node_modules');
  await Promise.all([mkdir(sentMailFolder), mkdir(sdkFolder), mkdir(join(scratchFolder, 'tmp'))]);
  // CDK's own handlers expect the SDK in their runtime; ours bring theirs, so they see no more than this.
  await symlink(join(ROOT, 'node_modules/@aws-sdk'), join(sdkFolder, '@aws-sdk'));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = createChildEnvironment(url);
  const logFile = join(scratchFolder, 'endpoint.log');
  const log = openSync(logFile, 'w');
  const child = spawn(PYTHON, [PLUGIN], {
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      ...environment,
      TMPDIR: join(scratchFolder, 'tmp'),
      STATE_DIR: join(scratchFolder, 'state'),
      NODE_PATH: sdkFolder,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      LAMBDA_EXECUTOR: 'local',
      // It would listen on a fixed port of every network.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      SENT_MAIL_FOLDER: sentMailFolder,
    },
  });
  closeSync(log);
  // A run that is broken off (Ctrl-C) must not leave the endpoint behind.
  const killAtExit = (): void => {
    signalGroup(child, 'SIGKILL');
  };
  process.once('exit', killAtExit);
  const stop = async (): Promise<void> => {
    process.off('exit', killAtExit);
    // A custom resource that is being waited for keeps the endpoint alive after a polite TERM, and
    // nothing of its state is worth saving.
    await stopGroup(child);
    await rm(scratchFolder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await waitFor(`MiniStack on ${url}`, () => answersHealthCheck(url));
  } catch (error) {
    const lastWords = (await readFile(logFile, 'utf8')).slice(-2000);
    await stop();
    throw new Error(`MiniStack did not come up:\n${lastWords}`, { cause: error });
  }
  return { url, environment, sentMailFolder, scratchFolder, stop };
}

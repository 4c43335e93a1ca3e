import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Where the local run keeps its state, in the folder where it is started. */
export const STATE_FOLDER = '.postroom';

const FILE = 'endpoints.json';

const localEndpointsSchema = z.object({
  /** The process that serves them. */
  pid: z.int().positive(),
  /** S3, SQS and SNS: for `AWS_ENDPOINT_URL`. */
  awsEndpoint: z.url(),
  dynamodbEndpoint: z.url(),
  smtpPort: z.int().min(1).max(65_535),
  region: z.string(),
  account: z.string(),
  /** The environment that its resources are named by. */
  environment: z.string(),
  mailBucket: z.string(),
  /** What stands before a queue's SQS name in its URL. */
  queueUrlBase: z.url(),
});

/** What other commands need to talk to a running local run. */
export type LocalEndpoints = Readonly<z.output<typeof localEndpointsSchema>>;

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Signal 0 asks whether a process is there and does nothing to it. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function parseEndpoints(text: string): LocalEndpoints | undefined {
  try {
    return localEndpointsSchema.parse(JSON.parse(text));
  } catch (error) {
    // Half a file is what a process leaves that was killed while it wrote.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/**
 * Where the local run of a folder can be reached; undefined when none runs. What a killed run left
 * behind counts as none.
 */
export function readLocalEndpoints(stateFolder = STATE_FOLDER): LocalEndpoints | undefined {
  const text = readText(join(stateFolder, FILE));
  const endpoints = text === undefined ? undefined : parseEndpoints(text);
  return endpoints !== undefined && isRunning(endpoints.pid) ? endpoints : undefined;
}

/** Says where this run can be reached. */
export function writeLocalEndpoints(stateFolder: string, endpoints: LocalEndpoints): void {
  writeFileSync(join(stateFolder, FILE), `${JSON.stringify(endpoints, null, 2)}\n`);
}

/** Takes back what {@link writeLocalEndpoints} said. */
export function removeLocalEndpoints(stateFolder: string): void {
  rmSync(join(stateFolder, FILE), { force: true });
}

import { describeError } from '../../mail/errors.ts';
import { LocalRunError } from '../local-run-error.ts';

/** What was asked for when a start failed. */
export interface StartRequest {
  readonly stateFolder: string;
  readonly host: string;
  readonly smtpPort: number;
}

/** SQLite's result codes (its documentation, "Result and Error Codes"), without their extension. */
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

const readSystemCode = (error: Error): string => ('code' in error ? String(error.code) : '');

const readSqliteCode = (error: Error): number | undefined =>
  'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

/** Whether an error says that the disk has no room left. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error &&
  (readSystemCode(error) === 'ENOSPC' || readSqliteCode(error) === SQLITE_FULL);

function describeListenFailure(error: Error, { host }: StartRequest): string | undefined {
  const port = 'port' in error ? String(error.port) : '';
  const address = 'address' in error ? String(error.address) : host;
  switch (readSystemCode(error)) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is in use by another program; end that, or choose another port (--smtp-port 0 takes a free one)`;
    case 'EADDRNOTAVAIL':
      return `--host: expected an address of this machine, came ${address}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `--host: expected an address of this machine, came ${host}`;
    case 'EACCES':
      return port === ''
        ? undefined
        : `port ${port} needs rights that this process lacks; choose one above 1023`;
    default:
      return undefined;
  }
}

function describeStateFailure(error: Error, { stateFolder }: StartRequest): string | undefined {
  if (isDiskFull(error)) return `the disk that holds ${stateFolder} is full; make room on it`;
  switch (readSystemCode(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${stateFolder} cannot be written; give this user the right, or choose another folder (--state DIR)`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `${stateFolder} is not a folder; remove it, or choose another one (--state DIR)`;
    case 'LEVEL_DATABASE_NOT_OPEN':
    case 'LEVEL_LOCKED':
      return `${stateFolder} is in use by another local run; end it, or choose another folder (--state DIR)`;
  }
  switch (readSqliteCode(error)) {
    case SQLITE_BUSY:
      return `${stateFolder} is in use by another program; end it, or choose another folder (--state DIR)`;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return `${stateFolder} cannot be written; give this user the right, or choose another folder (--state DIR)`;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return `the state in ${stateFolder} cannot be read (${error.message}); --fresh starts over`;
    case undefined:
    default:
      return undefined;
  }
}

/**
 * Words a failure of the start as one line for a person, with what to do. An error that it does not
 * know is returned as it came.
 */
export function describeStartFailure(error: unknown, request: StartRequest): unknown {
  if (!(error instanceof Error) || error instanceof LocalRunError) return error;
  const line = describeListenFailure(error, request) ?? describeStateFailure(error, request);
  return line === undefined ? error : new LocalRunError(line, { cause: error });
}

/** Words what kept a mail from being stored, while the run goes on. */
export const describeStorageTrouble = (error: unknown, stateFolder: string): string =>
  isDiskFull(error)
    ? `the disk that holds ${stateFolder} is full: mail is refused with 452 until there is room`
    : `a mail could not be stored: ${describeError(error)}`;

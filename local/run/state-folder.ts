import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readLocalEndpoints } from '../endpoints.ts';
import { LocalRunError } from '../local-run-error.ts';

/** Everything that the local run writes; `--fresh` removes these and no other file. */
const OWN_ENTRIES = ['fauxqs.db', 'fauxqs.db-wal', 'fauxqs.db-shm', 'dynamodb', 'endpoints.json'];

/** The folder for DynamoDB's tables. */
export const dynamodbFolder = (stateFolder: string): string => join(stateFolder, 'dynamodb');

/** A state folder that this run may use. */
export interface OpenedStateFolder {
  readonly folder: string;
  /** Nothing was kept there from a run before. */
  readonly isFirstStart: boolean;
}

function assertParentExists(folder: string): void {
  const parent = resolve(folder, '..');
  if (existsSync(parent)) return;
  throw new LocalRunError(
    `--state: expected a folder inside one that exists, came ${folder}; make ${parent} first`,
  );
}

/**
 * Makes the folder for the state of the local run, or opens the one that is there.
 *
 * @param options.isFresh Wipes what a run before has kept.
 * @throws {LocalRunError} When a local run uses it already, or the folder it is to stand in is missing.
 */
export function openStateFolder(
  folder: string,
  { isFresh }: { readonly isFresh: boolean },
): OpenedStateFolder {
  assertParentExists(folder);
  const running = readLocalEndpoints(folder);
  if (running !== undefined) {
    throw new LocalRunError(
      `a local run uses ${folder} already (process ${running.pid}, SMTP port ${running.smtpPort}); ` +
        'end it, or start this one with --state DIR and --smtp-port 0',
    );
  }
  if (isFresh) {
    for (const entry of OWN_ENTRIES) rmSync(join(folder, entry), { recursive: true, force: true });
  }
  mkdirSync(folder, { recursive: true });
  return { folder, isFirstStart: !existsSync(join(folder, 'fauxqs.db')) };
}

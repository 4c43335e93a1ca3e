import type { buildApp } from 'fauxqs';

/** The state of fauxqs, one store for each service. */
export type EmulatorStores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

/** The part of fauxqs that writes each change through to SQLite before a request is answered. */
export type PersistenceManager = NonNullable<EmulatorStores['sqsStore']['persistence']>;

/** What fauxqs is made of. */
export interface FauxqsParts {
  readonly SqsStore: new () => EmulatorStores['sqsStore'];
  readonly SnsStore: new () => EmulatorStores['snsStore'];
  readonly S3Store: new () => EmulatorStores['s3Store'];
  readonly PersistenceManager: new (folder: string) => PersistenceManager;
}

/**
 * Loads the parts of fauxqs that its package does not export.
 *
 * QUIRK(fauxqs): `startFauxqs` persists but listens on every network interface; `buildApp` listens
 * where it is told but wants its stores made by the caller. The version is pinned and
 * `test/local/embedded-aws.test.ts` holds what we rely on; see
 * `docs/decisions/0010-embedded-aws.md`.
 */
export async function loadFauxqsParts(): Promise<FauxqsParts> {
  const main = import.meta.resolve('fauxqs');
  const load = (path: string): Promise<object> =>
    import(new URL(path, main).href) as Promise<object>; // A module is an object.
  const modules = await Promise.all([
    load('./sqs/sqsStore.js'),
    load('./sns/snsStore.js'),
    load('./s3/s3Store.js'),
    load('./persistence.js'),
  ]);
  // What is found while running has no types; these are the classes that fauxqs's own
  // `startFauxqs` makes its parts of.
  return Object.assign({}, ...modules) as FauxqsParts;
}

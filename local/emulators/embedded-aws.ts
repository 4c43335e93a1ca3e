import { isIPv6, type Server } from 'node:net';
import { buildApp } from 'fauxqs';
import { openDurableState } from './durable-state.ts';
import { loadFauxqsParts } from './fauxqs-parts.ts';
import { mendConditionalCopy } from './mend-conditional-copy.ts';

/** The account and region that everything local is in. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

/** Where an emulator listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** S3, SQS and SNS in this process. */
export interface EmbeddedAws {
  /** For `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** What stands before a queue's name in its URL. */
  readonly queueUrlBase: string;
  /** What kept an emulator from doing its part, such as a full disk, since this was last asked. */
  readonly takeFault: () => unknown;
  close(): Promise<void>;
}

/** The port that a listening server has. */
export function readPort(server: Server): number {
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('expected a server that listens on a port');
}

/** The address at which this machine reaches what listens on `host`. */
export function toEndpoint(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return isIPv6(host) ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}

/**
 * Starts the emulators of S3, SQS and SNS with the state that the folder holds.
 *
 * @param options.abandonedQueues See `DurableState.load`.
 */
export async function startEmbeddedAws({
  folder,
  host,
  port,
  abandonedQueues,
}: ListenAddress & {
  readonly folder: string;
  readonly abandonedQueues: readonly string[];
}): Promise<EmbeddedAws> {
  const parts = await loadFauxqsParts();
  const state = openDurableState(parts, folder);
  const sqsStore = new parts.SqsStore();
  // Without a host of its own the emulator writes queue URLs with the one that it was asked at,
  // which needs no name server.
  sqsStore.host = '';
  const stores = { sqsStore, snsStore: new parts.SnsStore(), s3Store: new parts.S3Store() };
  const app = buildApp({ logger: false, defaultRegion: LOCAL_REGION, stores });
  mendConditionalCopy(app, stores.s3Store);
  let fault: unknown;
  app.addHook('onError', (_request, _reply, error, done) => {
    fault = error;
    done();
  });
  try {
    await app.listen({ host, port });
    const endpoint = toEndpoint(host, readPort(app.server));
    const queueUrlBase = `${endpoint}/${LOCAL_ACCOUNT}/`;
    // Only now is the port known that the queues' URLs carry; nobody else knows it yet.
    state.load(stores, queueUrlBase, abandonedQueues);
    return {
      endpoint,
      queueUrlBase,
      takeFault() {
        const taken = fault;
        fault = undefined;
        return taken;
      },
      async close() {
        await app.close();
        state.close();
      },
    };
  } catch (error) {
    await app.close();
    state.close();
    throw error;
  }
}

import { once } from 'node:events';
import { promisify } from 'node:util';
import dynalite from 'dynalite';
import { type ListenAddress, readPort, toEndpoint } from './embedded-aws.ts';

/** DynamoDB in this process. */
export interface EmbeddedDynamodb {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Starts the emulator of DynamoDB with the tables that the folder holds. */
export async function startEmbeddedDynamodb({
  folder,
  host,
  port,
}: ListenAddress & { readonly folder: string }): Promise<EmbeddedDynamodb> {
  const server = dynalite({ path: folder, createTableMs: 0 });
  server.listen({ host, port });
  await once(server, 'listening');
  return {
    endpoint: toEndpoint(host, readPort(server)),
    async close() {
      server.closeAllConnections();
      await promisify(server.close.bind(server))();
    },
  };
}

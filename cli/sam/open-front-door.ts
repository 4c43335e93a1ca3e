import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** A second address of a server of this machine. */
export interface FrontDoor {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens a second address for an HTTP server, under which it is always called by its own name.
 *
 * QUIRK(fauxqs): it takes the first label of a host name with dots for a bucket, so a container
 * that calls it `host.docker.internal` would ask for the bucket `host`.
 */
export async function openFrontDoor(behind: string): Promise<FrontDoor> {
  const { hostname, port, host } = new URL(behind);
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const passed = request({ hostname, port, method, path, headers: { ...headers, host } });
    passed.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    // The caller sees a broken connection, as it would without the door.
    passed.on('error', () => outgoing.destroy());
    incoming.on('error', () => passed.destroy()).pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('expected a port');
  return {
    port: address.port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

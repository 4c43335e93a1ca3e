import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { CONTAINER_HOST } from './counterpart.ts';

/** A way from a container to ports of this machine's loopback. */
export interface PortRelay {
  /** Flags of `sam` that make the container use it. */
  readonly flags: readonly string[];
  stop(): Promise<void>;
}

/** The bridge of Docker Engine on Linux. */
const DOCKER_BRIDGE = 'docker0';

async function relayPort(host: string, port: number): Promise<Server> {
  const server = createServer((inside) => {
    const outside = connect(port, '127.0.0.1');
    // One side's end, or its failure, is the other's.
    inside.on('error', () => outside.destroy()).pipe(outside);
    outside.on('error', () => inside.destroy()).pipe(inside);
  }).listen(port, host);
  await once(server, 'listening');
  return server;
}

/**
 * Opens the way from a container to servers that listen on 127.0.0.1 alone. Docker Desktop has one
 * of its own; Docker Engine on Linux has none, so the same ports are opened on its bridge, where
 * only this machine's containers come in.
 *
 * @param flags What `SAM_FLAGS` says: with an `--add-host` there the way is the person's own.
 */
export async function relayPorts(
  ports: readonly number[],
  flags: readonly string[],
): Promise<PortRelay> {
  const bridge = networkInterfaces()[DOCKER_BRIDGE]?.find(({ family }) => family === 'IPv4');
  if (flags.includes('--add-host') || bridge === undefined) {
    return { flags: [], stop: () => Promise.resolve() };
  }
  const servers = await Promise.all(ports.map((port) => relayPort(bridge.address, port)));
  return {
    flags: ['--add-host', `${CONTAINER_HOST}:${bridge.address}`],
    async stop() {
      await Promise.all(
        servers.map(async (server) => {
          server.close();
          await once(server, 'close');
        }),
      );
    },
  };
}

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A relay between a client and a server in the clear that keeps what it carried. */
export interface WireTap {
  readonly port: number;
  /** Whole lines that the client sent, without their ends, over all connections. */
  readonly lines: () => readonly string[];
  /** Bytes that the server sent. */
  readonly receivedBytes: () => number;
  /** Forgets what it carried so far. */
  readonly reset: () => void;
  readonly stop: () => Promise<void>;
}

/** Counts and passes on. */
const createCounter = (count: (chunk: Buffer) => void): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      count(chunk);
      callback(null, chunk);
    },
  });

function join(client: Socket, server: Socket): void {
  for (const [socket, other] of [
    [client, server],
    [server, client],
  ] as const) {
    // A connection that breaks on one side breaks on the other.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      other.destroy();
    });
  }
}

/**
 * Relays a free port of this machine to another, and listens in.
 *
 * @param host The loopback address that clients connect to.
 */
export async function startWireTap(targetPort: number, host = '127.0.0.1'): Promise<WireTap> {
  let sent = '';
  let received = 0;
  const sockets = new Set<Socket>();
  const relay = createServer((client) => {
    const server = connect(targetPort, '127.0.0.1');
    sockets.add(client);
    join(client, server);
    client.pipe(createCounter((chunk) => (sent += chunk.toString('latin1')))).pipe(server);
    server.pipe(createCounter((chunk) => (received += chunk.length))).pipe(client);
  });
  relay.listen(0, host);
  await once(relay, 'listening');
  const address = relay.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  return {
    port: address.port,
    lines: () => sent.split('\r\n').slice(0, -1),
    receivedBytes: () => received,
    reset() {
      sent = '';
      received = 0;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      relay.close();
      await once(relay, 'close');
    },
  };
}

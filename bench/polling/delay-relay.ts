import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A relay that adds time to the way, and counts what it carries. */
export interface DelayRelay {
  readonly port: number;
  /** Lines that clients sent. */
  readonly lines: () => number;
  /** Bytes that the server sent. */
  readonly receivedBytes: () => number;
  readonly stop: () => void;
}

/** Passes on what comes, so much later. Nothing is held back for being much. */
function forward(from: Socket, to: Socket, delayMs: number): void {
  from.on('error', () => undefined);
  from.on('data', (chunk) => {
    if (delayMs === 0) to.write(chunk);
    else setTimeout(() => to.write(chunk), delayMs);
  });
  from.on('close', () => setTimeout(() => to.destroy(), delayMs));
}

/** Relays a free port to another with a round trip of so many milliseconds. */
export async function startDelayRelay(
  targetPort: number,
  roundTripMs: number,
): Promise<DelayRelay> {
  let lines = 0;
  let received = 0;
  const sockets = new Set<Socket>();
  const relay = createServer((client) => {
    const server = connect(targetPort, '127.0.0.1');
    for (const socket of [client, server]) sockets.add(socket.setNoDelay(true));
    client.on('data', (chunk) => (lines += chunk.toString('latin1').split('\r\n').length - 1));
    server.on('data', (chunk) => (received += chunk.length));
    forward(client, server, roundTripMs / 2);
    forward(server, client, roundTripMs / 2);
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  return {
    port: address.port,
    lines: () => lines,
    receivedBytes: () => received,
    stop() {
      for (const socket of sockets) socket.destroy();
      relay.close();
    },
  };
}

import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { createScriptedClient, type ScriptedClient } from './scripted-client.ts';

/** What a server does with a client that has connected. The connection stays when it ends. */
export type Script = (client: ScriptedClient) => Promise<void>;

/** How a scripted server is run. */
export interface ScriptedServerOptions {
  /** Key and certificate in PEM, for {@link ScriptedClient.startTls} and `isTls`. @default none */
  readonly certificate?: { readonly key: string; readonly cert: string };
  /** Whether clients speak TLS from the first byte. @default false */
  readonly isTls?: boolean;
  /** Cuts what is sent into packets of so many bytes. @default as it is sent */
  readonly packetBytes?: number;
  /** Hangs up when it has sent so many bytes. @default never */
  readonly dropAfterBytes?: number;
}

/** A server that plays a script. */
export interface ScriptedServer {
  readonly port: number;
  /** The lines of all clients, in their order. */
  readonly heard: readonly string[];
  /** How many bytes were sent, packet by packet, before TLS was put over them. */
  readonly countSent: () => number;
}

const secure = (socket: Socket, { certificate }: ScriptedServerOptions): TLSSocket =>
  new TLSSocket(socket, { isServer: true, ...certificate });

/** Starts a server on a free loopback port that plays a script to each client until the test ends. */
export async function startScriptedServer(
  script: Script,
  options: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let sent = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const first = options.isTls === true ? secure(socket, options) : socket;
    const client = createScriptedClient(first, {
      ...options,
      secure: (plain) => secure(plain, options),
      onLine: (line) => heard.push(line),
      onSent: (bytes) => (sent += bytes),
    });
    void script(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { port: address.port, heard, countSent: () => sent };
}

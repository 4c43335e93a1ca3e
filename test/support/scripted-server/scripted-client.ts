import { once } from 'node:events';
import type { Socket } from 'node:net';

/** What a script may do with a client. */
export interface ScriptedClient {
  /** The next line without its end; waits for ever when the client has gone. */
  readonly readLine: () => Promise<string>;
  /** Sends text, a byte for each character, or bytes. */
  readonly send: (text: string | Buffer) => Promise<void>;
  /** Sends the last that is in the clear, and goes on over TLS. */
  readonly startTls: (lastWords: string) => Promise<void>;
  /** Ends the connection in an orderly way. */
  readonly hangUp: () => void;
}

/** What a client's connection needs. */
export interface ScriptedClientOptions {
  readonly packetBytes?: number;
  readonly dropAfterBytes?: number;
  readonly secure: (socket: Socket) => Socket;
  readonly onLine: (line: string) => void;
  readonly onSent: (bytes: number) => void;
}

/** Lines of a socket, one by one; the rest stays for the next. */
function createLineReader(onLine: (line: string) => void) {
  let text = '';
  let arrival = Promise.withResolvers<undefined>();
  return {
    listen(socket: Socket) {
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        arrival.resolve(undefined);
      });
      // A client that hangs up is what many tests are about.
      socket.on('error', () => socket.destroy());
    },
    readLine: async (): Promise<string> => {
      while (!text.includes('\n')) {
        arrival = Promise.withResolvers();
        await arrival.promise;
      }
      const end = text.indexOf('\n');
      const line = text.slice(0, end).replace(/\r$/, '');
      text = text.slice(end + 1);
      onLine(line);
      return line;
    },
  };
}

const turnLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Sends one packet. The client has read it before the next one is made: the loop turns once between. */
async function sendPacket(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed) return;
  if (!socket.write(bytes)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  await turnLoop();
  await turnLoop();
}

/** Makes the script's end of a connection. */
export function createScriptedClient(
  first: Socket,
  options: ScriptedClientOptions,
): ScriptedClient {
  const { packetBytes = Infinity, dropAfterBytes = Infinity, secure, onLine, onSent } = options;
  const lines = createLineReader(onLine);
  let socket = first;
  let sent = 0;
  lines.listen(socket);
  const send = async (text: string | Buffer): Promise<void> => {
    const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text, 'latin1');
    const allowed = bytes.subarray(0, dropAfterBytes - sent);
    sent += allowed.length;
    for (let at = 0; at < allowed.length; at += packetBytes) {
      const packet = allowed.subarray(at, at + packetBytes);
      onSent(packet.length);
      await sendPacket(socket, packet);
    }
    if (sent >= dropAfterBytes) socket.end();
  };
  return {
    readLine: lines.readLine,
    send,
    async startTls(lastWords) {
      // What the client says from here on belongs to TLS.
      socket.removeAllListeners('data').pause();
      await send(lastWords);
      socket = secure(socket);
      lines.listen(socket);
    },
    hangUp() {
      socket.end();
    },
  };
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { onTestFinished } from 'vitest';

/** An SMTP client that says exactly what a test writes. */
export interface ScriptedClient {
  /** Waits for a whole reply, and gives it without line ends: `250-a | 250 b`. */
  readonly readReply: () => Promise<string>;
  /** Writes a line and waits for its reply. */
  readonly say: (line: string) => Promise<string>;
  readonly write: (bytes: string | Buffer) => void;
  /** Goes on in TLS after STARTTLS; the certificate is not checked. */
  readonly upgrade: () => Promise<void>;
  readonly destroy: () => void;
}

/** Reads replies off a socket, however their bytes are cut. */
function createReplyReader(socket: Socket): () => Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (piece: string) => {
    text += piece;
  });
  return async () => {
    for (;;) {
      const match = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(text);
      if (match !== null) {
        text = text.slice(match[0].length);
        return match[0].trimEnd().replaceAll('\r\n', ' | ');
      }
      await once(socket, 'data');
    }
  };
}

/** Connects to a port of this machine. */
export async function connectClient(port: number): Promise<ScriptedClient> {
  let socket = connect(port, '127.0.0.1');
  let readReply = createReplyReader(socket);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  const write = (bytes: string | Buffer): void => {
    socket.write(bytes);
  };
  return {
    readReply: () => readReply(),
    say: (line) => {
      write(`${line}\r\n`);
      return readReply();
    },
    write,
    async upgrade() {
      socket.removeAllListeners('data');
      const secure = connectTls({ socket, rejectUnauthorized: false });
      await once(secure, 'secureConnect');
      socket = secure;
      readReply = createReplyReader(secure);
    },
    destroy() {
      socket.destroy();
    },
  };
}

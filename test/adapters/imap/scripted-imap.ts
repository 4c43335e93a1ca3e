import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A command as a client sent it; `args` is what stands behind its name. */
export interface ScriptedCommand {
  readonly tag: string;
  readonly name: string;
  readonly args: string;
}

/** What a server says to a command, line ends and all. */
export type ScriptedAnswer = (command: ScriptedCommand) => string | Buffer;

/** How a scripted server behaves. */
export interface Script {
  /** @default an OK with the capabilities */
  readonly greeting?: string;
  /** Beside IMAP4rev1 and NAMESPACE. @default UIDPLUS and MOVE */
  readonly capabilities?: readonly string[];
  /** By the name of a command, as `UID FETCH`. */
  readonly answers?: Readonly<Record<string, ScriptedAnswer>>;
  /** Bytes written at once. @default all */
  readonly chunkBytes?: number;
  /** Falls silent after so many bytes. @default never */
  readonly stallAfterBytes?: number;
  /** Closes after so many bytes. @default never */
  readonly dropAfterBytes?: number;
}

/** A scripted server that runs. */
export interface ScriptedImap {
  readonly port: number;
  readonly commands: () => readonly string[];
  /** How many bytes it has written. */
  readonly writtenBytes: () => number;
}

/** Ends an answer well. */
export const ok = ({ tag }: ScriptedCommand, text = 'done'): string => `${tag} OK ${text}\r\n`;

/** A row of a FETCH whose last item is a literal. */
export const literalRow = (uid: number, item: string, content: string): string =>
  `* ${uid} FETCH (UID ${uid} ${item} {${Buffer.byteLength(content)}}\r\n${content})\r\n`;

const DEFAULT_ANSWERS: Readonly<Record<string, ScriptedAnswer>> = {
  NAMESPACE: (command) => `* NAMESPACE (("" "/")) NIL NIL\r\n${ok(command)}`,
  EXAMINE: (command) => openAnswer(command),
  SELECT: (command) => openAnswer(command),
  LOGOUT: (command) => `* BYE bye\r\n${ok(command)}`,
};

const openAnswer = (command: ScriptedCommand): string =>
  [
    '* FLAGS (\\Seen)',
    '* 3 EXISTS',
    '* OK [UIDVALIDITY 7] ok',
    '* OK [UIDNEXT 4] ok',
    ok(command, '[READ-WRITE] open'),
  ].join('\r\n');

function parseCommand(line: string): ScriptedCommand | undefined {
  const match = /^(\S+) ((?:UID )?[A-Z]+)(?: (.*))?$/s.exec(line);
  const [, tag, name, args = ''] = match ?? [];
  return tag === undefined || name === undefined ? undefined : { tag, name, args };
}

const wait = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Writes to one client, in pieces, until its script says stop. */
function createWriter(socket: Socket, script: Script, count: (bytes: number) => void) {
  let written = 0;
  let last = Promise.resolve();
  const { stallAfterBytes = Infinity, dropAfterBytes = Infinity } = script;
  const end = Math.min(stallAfterBytes, dropAfterBytes);
  const write = async (answer: Buffer): Promise<void> => {
    const { chunkBytes = answer.length } = script;
    const allowed = answer.subarray(0, Math.max(0, end - written));
    for (let start = 0; start < allowed.length; start += chunkBytes) {
      const chunk = allowed.subarray(start, start + chunkBytes);
      written += chunk.length;
      count(chunk.length);
      if (!socket.destroyed) socket.write(chunk);
      if (chunkBytes < answer.length) await wait();
    }
    if (written >= dropAfterBytes) socket.end();
  };
  return (answer: string | Buffer): void => {
    last = last.then(() => write(Buffer.from(answer)));
  };
}

/** Starts a server that says what the script has, until the test ends. */
export async function startScriptedImap(script: Script = {}): Promise<ScriptedImap> {
  const { capabilities = ['UIDPLUS', 'MOVE'], answers = {} } = script;
  const offered = `CAPABILITY IMAP4rev1 NAMESPACE ${capabilities.join(' ')}`;
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  let writtenBytes = 0;
  const all: Readonly<Record<string, ScriptedAnswer>> = {
    ...DEFAULT_ANSWERS,
    CAPABILITY: (command) => `* ${offered}\r\n${ok(command)}`,
    LOGIN: (command) => ok(command, `[${offered}] in`),
    ...answers,
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).on('error', () => undefined);
    const write = createWriter(socket, script, (bytes) => (writtenBytes += bytes));
    write(script.greeting ?? `* OK [${offered}] ready\r\n`);
    let pending = '';
    socket.on('data', (chunk) => {
      const lines = (pending + chunk.toString('latin1')).split('\r\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        const command = parseCommand(line);
        if (command === undefined) continue;
        commands.push(`${command.name} ${command.args}`.trim());
        write((all[command.name] ?? ok)(command));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { port: address.port, commands: () => commands, writtenBytes: () => writtenBytes };
}

import type { MailboxServer, ServerSecurity } from '../../../mail/ports/mailbox-ports.ts';
import type { ScriptedClient } from '../../support/scripted-server/scripted-client.ts';
import {
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from '../../support/scripted-server/start-scripted-server.ts';

/** What a scripted POP3 server says, as it goes over the wire. */
export interface ScriptedMailbox {
  /** @default '+OK ready' */
  readonly greeting?: string;
  /** What CAPA tells. @default PIPELINING, TOP, UIDL and SASL PLAIN */
  readonly capabilities?: readonly string[];
  /** Mails by their numbers, as they are sent: stuffed. @default none */
  readonly mails?: readonly string[];
  /** Whole answers, line ends included, by the command line or by its first word. @default none */
  readonly answers?: Readonly<Record<string, string>>;
}

const CAPABILITIES = ['PIPELINING', 'TOP', 'UIDL', 'SASL PLAIN'];

const createBlock = (content: string): string => `+OK\r\n${content}.\r\n`;

/** What a server that keeps to the protocol answers. */
function answerWell(
  { capabilities = CAPABILITIES, mails = [] }: ScriptedMailbox,
  line: string,
): string {
  const [command = '', number] = line.split(' ');
  switch (command) {
    case 'CAPA':
      return createBlock(capabilities.map((name) => `${name}\r\n`).join(''));
    case 'STAT':
      return `+OK ${mails.length} ${mails.join('').length}\r\n`;
    case 'LIST':
      return createBlock(mails.map((mail, index) => `${index + 1} ${mail.length}\r\n`).join(''));
    case 'UIDL':
      return createBlock(mails.map((_mail, index) => `${index + 1} uid${index + 1}\r\n`).join(''));
    case 'TOP':
    case 'RETR':
      return createBlock(mails[Number(number) - 1] ?? '');
    default:
      return '+OK\r\n';
  }
}

/** Answers a client until it quits. */
async function converse(client: ScriptedClient, mailbox: ScriptedMailbox): Promise<void> {
  await client.send(`${mailbox.greeting ?? '+OK ready'}\r\n`);
  for (;;) {
    const line = await client.readLine();
    const [command = ''] = line.split(' ');
    const answer = mailbox.answers?.[line] ?? mailbox.answers?.[command];
    if (command === 'STLS' && answer === undefined) await client.startTls('+OK\r\n');
    else await client.send(answer ?? answerWell(mailbox, line));
    if (command === 'QUIT') client.hangUp();
  }
}

/** A scripted server, and how it is reached. */
export interface ScriptedPop3 extends ScriptedServer {
  readonly server: MailboxServer;
}

/** Starts a scripted POP3 server for one test. */
export async function startScriptedMailbox(
  mailbox: ScriptedMailbox,
  options: ScriptedServerOptions & {
    readonly security?: ServerSecurity;
    readonly ca?: string;
  } = {},
): Promise<ScriptedPop3> {
  const { security = 'none', ca } = options;
  const scripted = await startScriptedServer((client) => converse(client, mailbox), options);
  const server = {
    protocol: 'pop3',
    host: '127.0.0.1',
    port: scripted.port,
    security,
    ca,
  } as const;
  return { ...scripted, server };
}

import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { SMTPServerOptions, SMTPServerSession } from 'smtp-server';
import { readPort } from '../emulators/embedded-aws.ts';
import type { Certificate } from './create-certificate.ts';
import { PromptSmtpServer } from './prompt-smtp-server.ts';
import { isAscii, restoreAddress } from './restore-address.ts';
import { SmtpReplyError } from './smtp-reply-error.ts';
import type { SmtpDialogue } from './write-trace-headers.ts';

/** What the SMTP door does with what comes. */
export interface SmtpDoorOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly certificate: Certificate;
  /** Announced as SIZE (RFC 1870) and held to. */
  readonly maxBytes: number;
  /** Whether mail for an address comes in. Asked at each RCPT TO. */
  readonly isReceived: (address: string) => boolean;
  /**
   * Keeps a mail; the client hears 250 when this resolves, with the id that it gives.
   *
   * @throws {SmtpReplyError} What the client hears instead; it hears 451 for any other error.
   */
  readonly acceptMail: (source: Readable, dialogue: SmtpDialogue) => Promise<string>;
}

/** An SMTP listener that plays the receiving side of Amazon SES. */
export interface SmtpDoor {
  readonly port: number;
  /** Takes no new mail, ends what is under way, closes every socket. */
  close(): Promise<void>;
}

function readDialogue({
  envelope,
  hostNameAppearsAs,
  remoteAddress,
}: SMTPServerSession): SmtpDialogue {
  return {
    sender: envelope.mailFrom === false ? '' : restoreAddress(envelope.mailFrom.address),
    recipients: [...new Set(envelope.rcptTo.map(({ address }) => restoreAddress(address)))],
    clientName: hostNameAppearsAs,
    clientAddress: remoteAddress,
  };
}

/** What a client hears of an error. */
const toReply = (error: unknown): SmtpReplyError =>
  error instanceof SmtpReplyError
    ? error
    : new SmtpReplyError(451, 'The mail could not be stored; try again later');

/** What keeps an address out, whatever its domain; undefined when nothing does. */
const refuseAddress = (address: string): SmtpReplyError | undefined =>
  isAscii(restoreAddress(address))
    ? undefined
    : new SmtpReplyError(553, 'Addresses are ASCII here, as SES takes no SMTPUTF8');

/** Starts the listener. */
export async function startSmtpDoor(options: SmtpDoorOptions): Promise<SmtpDoor> {
  const { host, port, certificate, maxBytes, isReceived, acceptMail } = options;
  const underWay = new Map<string, Promise<void>>();

  const serverOptions: SMTPServerOptions = {
    ...certificate,
    name: 'inbound-smtp.us-east-1.amazonaws.com',
    size: maxBytes,
    rejectOversized: true,
    // SES neither asks for a login here nor takes addresses beyond ASCII (RFC 6531).
    disabledCommands: ['AUTH'],
    authOptional: true,
    hideSMTPUTF8: true,
    hideENHANCEDSTATUSCODES: false,
    disableReverseLookup: true,
    logger: false,
    onMailFrom({ address }, _session, answer) {
      answer(refuseAddress(address));
    },
    onRcptTo({ address }, _session, answer) {
      const stranger = isReceived(restoreAddress(address))
        ? undefined
        : new SmtpReplyError(550, 'No such domain here; see receiving.domains');
      answer(refuseAddress(address) ?? stranger);
    },
    onData(source, session, answer) {
      const taking = acceptMail(source, readDialogue(session)).then(
        (id) => {
          answer(null, `OK ${id}`);
        },
        (error: unknown) => {
          answer(toReply(error));
        },
      );
      underWay.set(session.id, taking);
      void taking.finally(() => underWay.delete(session.id));
    },
  };

  const server = new PromptSmtpServer(serverOptions);
  // A client that breaks off is no trouble of ours; the library tells of each by this event.
  server.on('error', ignoreBrokenConnection);
  server.listen({ host, port });
  // Rejects with what kept it from listening.
  await once(server.server, 'listening');
  return {
    port: readPort(server.server),
    async close() {
      const closed = once(server.server, 'close');
      server.close();
      for (const connection of server.connections) {
        if (!underWay.has(connection.id)) connection.send(421, 'The local run ends');
      }
      await Promise.all(underWay.values());
      for (const connection of server.connections) connection.send(421, 'The local run ends');
      await closed;
    },
  };
}

/** An event without a listener would end the process. */
function ignoreBrokenConnection(): void {
  // Whether a mail was kept is answered in its own dialogue, never by this event.
}

import { once } from 'node:events';
import type { PostroomError } from '../../mail/errors.ts';
import type { MailboxServer } from '../../mail/ports/mailbox-ports.ts';
import { type ByteSource, createByteSource } from './byte-source.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import type { Pop3Limits } from './limits.ts';
import { createAbortError, createProtocolError } from './pop3-errors.ts';
import { createSocketGroup, type SocketGroup } from './socket-group.ts';
import { connectSocket, secureSocket } from './sockets.ts';

/** The way to a server, and the one place where it ends. */
export interface Transport {
  readonly deadline: Deadline;
  /** What the server sends; another one after {@link secure}. */
  readonly source: () => ByteSource;
  readonly write: (text: string) => void;
  /**
   * Goes on over TLS.
   *
   * @throws {PeerProtocolError} When the server sent something before TLS began, or cannot be trusted.
   */
  readonly secure: () => Promise<void>;
  /** Closes at once. What waits, and what comes later, fails with the first error given here. */
  readonly fail: (error: PostroomError) => void;
  /** Closes as soon as what was written is sent. What comes later fails with this error. */
  readonly hangUp: (error: PostroomError) => void;
  /** What it has failed with. */
  readonly failure: () => PostroomError | undefined;
}

/** What a transport needs. */
export interface TransportOptions {
  readonly server: MailboxServer;
  /** Ends everything. */
  readonly signal: AbortSignal;
  readonly limits: Pop3Limits;
}

/** Waits for an event of the current socket. */
async function awaitSocket(sockets: SocketGroup, event: string): Promise<void> {
  try {
    await once(sockets.current(), event);
  } catch (error) {
    throw sockets.failure() ?? error;
  }
}

/**
 * Connects to a server, over TLS where that is to be so from the first byte.
 *
 * @throws {PeerUnavailableError} When it cannot be reached, or not in time.
 * @throws {PeerProtocolError} When it does not speak TLS, or cannot be trusted.
 */
export async function openTransport(options: TransportOptions): Promise<Transport> {
  const { server, signal, limits } = options;
  if (signal.aborted) throw createAbortError();
  let source: ByteSource | undefined;
  const sockets = createSocketGroup(connectSocket(server), (error) => {
    deadline.end();
    source?.fail(error);
  });
  const deadline = createDeadline({ stepMs: limits.stepMs, signal, cutOff: sockets.fail });
  const startTls = async (): Promise<void> => {
    sockets.add(secureSocket(sockets.current(), server));
    await deadline.during('tls', () => awaitSocket(sockets, 'secureConnect'));
  };
  const listen = (): ByteSource =>
    (source = createByteSource(sockets.current(), limits.bufferedBytes));

  await deadline.during('connect', () => awaitSocket(sockets, 'connect'));
  if (server.security === 'implicit-tls') await startTls();
  listen();
  return {
    deadline,
    source: () => source ?? listen(),
    write: (text) => sockets.current().write(text),
    async secure() {
      // SECURITY: bytes behind the answer to STLS came in the clear, from anybody (CVE-2011-0411).
      if (source?.hasBytes() === true) throw createProtocolError('spoke before TLS began');
      source?.release();
      await startTls();
      listen();
    },
    fail: sockets.fail,
    hangUp: sockets.hangUp,
    failure: sockets.failure,
  };
}

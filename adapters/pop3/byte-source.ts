import type { Socket } from 'node:net';
import type { PostroomError } from '../../mail/errors.ts';
import { createUnavailableError } from './pop3-errors.ts';

/** What a server sends, taken when it is wanted. */
export interface ByteSource {
  /**
   * The next bytes; waits when none are there. One call at a time.
   *
   * @throws {PeerUnavailableError} When the server closed the connection, or what {@link fail} was given.
   */
  read(): Promise<Buffer>;
  /** Puts bytes back, in front of all others. */
  unread(bytes: Buffer): void;
  /** Whether bytes came that nobody has read. */
  hasBytes(): boolean;
  /** Ends the source at once. The first error holds. */
  fail(error: PostroomError): void;
  /** Lets go of the socket, so that TLS can have it. */
  release(): void;
}

/**
 * Makes the source of what a socket receives.
 *
 * @param maxBytes What may lie here; above it the server is held up.
 */
export function createByteSource(socket: Socket, maxBytes: number): ByteSource {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let failure: PostroomError | undefined;
  let arrival = Promise.withResolvers<undefined>();

  const add = (chunk: Buffer): void => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) socket.pause();
    arrival.resolve(undefined);
  };
  const fail = (error: PostroomError): void => {
    failure ??= error;
    arrival.resolve(undefined);
  };
  const failByEnd = (): void => {
    fail(createUnavailableError('closed the connection', { name: 'ConnectionClosed' }));
  };
  const take = (): Buffer | undefined => {
    const chunk = chunks.shift();
    bytes -= chunk?.length ?? 0;
    if (bytes <= maxBytes && socket.isPaused()) socket.resume();
    return chunk;
  };
  socket.on('data', add).on('end', failByEnd).on('close', failByEnd);

  return {
    async read() {
      for (;;) {
        const chunk = take();
        if (chunk !== undefined) return chunk;
        if (failure !== undefined) throw failure;
        arrival = Promise.withResolvers();
        await arrival.promise;
      }
    },
    unread(rest) {
      if (rest.length === 0) return;
      chunks.unshift(rest);
      bytes += rest.length;
    },
    hasBytes: () => chunks.length > 0,
    fail(error) {
      chunks.length = 0;
      bytes = 0;
      fail(error);
    },
    release() {
      socket.off('data', add).off('end', failByEnd).off('close', failByEnd);
    },
  };
}

import type { Socket } from 'node:net';
import { PostroomError } from '../../mail/errors.ts';
import { wrapSocketError } from './pop3-errors.ts';

/** The sockets of one connection: the plain one and the one that speaks TLS over it. They end together. */
export interface SocketGroup {
  /** Any error of the socket ends them all. */
  readonly add: (socket: Socket) => void;
  /** The one that was added last. */
  readonly current: () => Socket;
  /** Closes them at once. The first error holds. */
  readonly fail: (error: PostroomError) => void;
  /** Closes them as soon as what was written is sent. Who comes later gets the error. */
  readonly hangUp: (error: PostroomError) => void;
  /** What they were closed with. */
  readonly failure: () => PostroomError | undefined;
}

/** @param onFail Runs once, before the sockets are closed. */
export function createSocketGroup(
  first: Socket,
  onFail: (error: PostroomError) => void,
): SocketGroup {
  const sockets: Socket[] = [];
  let failure: PostroomError | undefined;
  const group: SocketGroup = {
    add(socket) {
      sockets.push(socket);
      socket.on('error', (error) => {
        group.fail(error instanceof PostroomError ? error : wrapSocketError(error));
      });
    },
    current: () => sockets.at(-1) ?? first,
    fail(error) {
      if (failure !== undefined) return;
      failure = error;
      onFail(error);
      // With the error: who waits for a socket to connect learns of it.
      for (const socket of sockets) socket.destroy(error);
    },
    hangUp(error) {
      if (failure !== undefined) return;
      failure = error;
      onFail(error);
      group.current().destroySoon();
    },
    failure: () => failure,
  };
  group.add(first);
  return group;
}

import {
  type ErrorFields,
  LimitExceededError,
  PeerProtocolError,
  type PostroomError,
  PeerUnavailableError,
} from '../../mail/errors.ts';
import type { Step } from './limits.ts';

const PEER = { peer: 'POP3' };

/** The server did not do what it was asked; it may later. */
export const createUnavailableError = (message: string, fields: ErrorFields): PostroomError =>
  new PeerUnavailableError(`the POP3 server ${message}`, { fields: { ...PEER, ...fields } });

/** The server does not keep to the protocol. */
export const createProtocolError = (message: string, fields: ErrorFields = {}): PostroomError =>
  new PeerProtocolError(`the POP3 server ${message}`, { fields: { ...PEER, ...fields } });

/** A mail is larger than any that we read. */
export const createMailLimitError = (maxBytes: number): PostroomError =>
  new LimitExceededError('the POP3 server sent a mail beyond the limit', {
    fields: { ...PEER, maxBytes },
  });

/** A step took longer than it may. */
export const createTimeoutError = (step: Step): PostroomError =>
  createUnavailableError('did not answer in time', { name: 'TimeoutError', step });

/** The caller ended the session. */
export const createAbortError = (): PostroomError =>
  new PeerUnavailableError('the session with the POP3 server was ended', {
    fields: { ...PEER, name: 'AbortError' },
  });

// `ECONNRESET` and its like; certificates and broken TLS have names such as `CERT_HAS_EXPIRED`,
// `ERR_SSL_WRONG_VERSION_NUMBER` and `EPROTO`.
const NETWORK_FAILURE = /^E(?!PROTO)[A-Z0-9]+$/;

const readName = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name;

/** Makes of an error of Node's sockets one of ours. Its text holds hosts: only its code is kept. */
export function wrapSocketError(error: Error): PostroomError {
  const name = readName(error);
  return NETWORK_FAILURE.test(name)
    ? createUnavailableError('cannot be reached', { name })
    : createProtocolError('cannot be trusted, or does not speak TLS', { name });
}

import {
  type ErrorFields,
  PeerProtocolError,
  type PostroomError,
  PeerUnavailableError,
} from '../../mail/errors.ts';
import type { Step } from './limits.ts';

const PEER = { peer: 'IMAP' };

/** The server did not do what it was asked; it may later. */
export const createUnavailableError = (message: string, fields: ErrorFields): PostroomError =>
  new PeerUnavailableError(`the IMAP server ${message}`, { fields: { ...PEER, ...fields } });

/** The server does not keep to the protocol. */
export const createProtocolError = (message: string, fields: ErrorFields = {}): PostroomError =>
  new PeerProtocolError(`the IMAP server ${message}`, { fields: { ...PEER, ...fields } });

/** A step took longer than it may. */
export const createTimeoutError = (step: Step): PostroomError =>
  createUnavailableError('did not answer in time', { name: 'TimeoutError', step });

/** The caller ended the session. */
export const createAbortError = (): PostroomError =>
  new PeerUnavailableError('the session with the IMAP server was ended', {
    fields: { ...PEER, name: 'AbortError' },
  });

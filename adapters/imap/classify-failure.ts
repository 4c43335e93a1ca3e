import {
  PeerAuthenticationError,
  PeerThrottledError,
  PeerUnavailableError,
  PostroomError,
} from '../../mail/errors.ts';
import { createProtocolError, createUnavailableError } from './imap-errors.ts';
import { findRefusal, readText, type Refusal } from './refusal.ts';

/** Codes of a refusal that say: later (RFC 5530 section 3, and what Microsoft and Yahoo add). */
const THROTTLE_CODES: readonly string[] = ['THROTTLED', 'LIMIT'];

/** Codes of a refusal that are about the server, and not about what was asked. */
const TROUBLE_CODES: readonly string[] = ['UNAVAILABLE', 'INUSE', 'SERVERBUG'];

// QUIRK(gmail): `[ALERT] Too many simultaneous connections` and `[OVERQUOTA] Account exceeded
// command or bandwidth limits`; QUIRK(yahoo): `[AUTHENTICATE] Rate limit hit`; QUIRK(microsoft365):
// `Request is throttled`. Their codes alone would read as refusals of the credential.
const THROTTLE_TEXT =
  /throttl|rate.?limit|bandwidth limit|too many (?:simultaneous |concurrent |open )*(?:connections|sessions|logins|requests)/i;

// QUIRK(microsoft365): said to a wrong account or scope, and to one that connects too often; the
// login itself went well.
const NOT_CONNECTED_TEXT = /authenticated but not connected/i;

/** Limits of ours, and answers that nothing follows from. */
const PROTOCOL_FAILURES: readonly string[] = [
  ...['LiteralTooLarge', 'LineTooLarge', 'ResponseTooLarge', 'TooManyTokens', 'TooManyResponses'],
  ...['UnexpectedTag', 'InvalidResponse', 'MissingTag', 'ResponseProcessingFailed'],
  ...['STARTTLS_INJECTION', 'ParserError', 'EPROTO'],
];

// What OpenSSL and Node call a certificate that cannot be trusted, and TLS that is none.
const TLS_FAILURE = /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(?:SSL|TLS)_|HOSTNAME/;

/** Names of Node and of imapflow hold neither addresses nor text. */
const readName = (error: Error): string => readText(error, 'code') || error.name;

/** The server asks us to wait, for so many milliseconds where it says so. */
export const createThrottledError = (retryAfterMs: number | undefined): PostroomError =>
  new PeerThrottledError('the IMAP server asks us to come later', retryAfterMs, {
    fields: { peer: 'IMAP' },
  });

const listFields = ({ status, code }: Refusal) => ({
  status,
  ...(code === undefined ? {} : { responseCode: code }),
});

/** Whether a refusal is about the server's own state: asking for something else is in vain. */
export const isServerTrouble = ({ code = '', text }: Refusal): boolean =>
  THROTTLE_CODES.includes(code) || TROUBLE_CODES.includes(code) || THROTTLE_TEXT.test(text);

/** What a NO or BAD means. */
export function classifyRefusal(refusal: Refusal): PostroomError {
  const { status, code = '', text } = refusal;
  if (THROTTLE_CODES.includes(code) || THROTTLE_TEXT.test(text)) {
    return createThrottledError(undefined);
  }
  return status === 'NO'
    ? createUnavailableError('refused a command', listFields(refusal))
    : createProtocolError('did not understand a command', listFields(refusal));
}

/** What a NO or BAD to a credential means: NO is a refusal of it, where nothing else is said. */
function classifyLoginRefusal(refusal: Refusal): PostroomError {
  if (refusal.status === 'BAD' || isServerTrouble(refusal)) return classifyRefusal(refusal);
  return new PeerAuthenticationError('the IMAP server refused the credential', {
    fields: { peer: 'IMAP', ...listFields(refusal) },
  });
}

function classifyLoginFailure(error: Error): PostroomError {
  const refusal = findRefusal(error);
  if (refusal !== undefined) return classifyLoginRefusal(refusal);
  if (NOT_CONNECTED_TEXT.test(readText(error, 'response'))) {
    return createUnavailableError('took the login and has no mailbox for it now', {
      name: 'NotConnected',
    });
  }
  return new PeerAuthenticationError('the IMAP server takes no password', {
    fields: { peer: 'IMAP', name: 'NoPasswordLogin' },
  });
}

function classifyConnectionFailure(error: Error): PostroomError {
  const name = readName(error);
  if (TLS_FAILURE.test(name)) return createProtocolError('cannot be trusted', { name });
  if (PROTOCOL_FAILURES.includes(name)) {
    return createProtocolError('sent what we do not take', { name });
  }
  // What it says goodbye with.
  if (THROTTLE_TEXT.test(readText(error, 'reason'))) return createThrottledError(undefined);
  return createUnavailableError('cannot be reached, or went away', { name });
}

/**
 * Makes of any failure one of ours. This is the only place that does, and it keeps nothing that a
 * server wrote: its text carries addresses and subjects.
 */
export function classifyFailure(error: unknown): PostroomError {
  if (error instanceof PostroomError) return error;
  if (!(error instanceof Error)) {
    return new PeerUnavailableError('the IMAP session failed', { fields: { peer: 'IMAP' } });
  }
  if (readText(error, 'code') === 'ETHROTTLE') {
    const resetMs: unknown = Reflect.get(error, 'throttleReset');
    return createThrottledError(typeof resetMs === 'number' ? resetMs : undefined);
  }
  if (Reflect.get(error, 'authenticationFailed') === true) return classifyLoginFailure(error);
  const refusal = findRefusal(error);
  if (refusal !== undefined) return classifyRefusal(refusal);
  if (Reflect.get(error, 'tlsFailed') === true && readText(error, 'code') === '') {
    return createProtocolError('offers no STARTTLS', { name: 'NoStartTls' });
  }
  return classifyConnectionFailure(error);
}

import { createProtocolError } from './pop3-errors.ts';

/**
 * Response codes that mean something to us (RFC 2449 section 8.1, RFC 3206). Others are left away:
 * what a server writes there may be anything.
 */
export const RESPONSE_CODES = ['LOGIN-DELAY', 'IN-USE', 'SYS/TEMP', 'SYS/PERM', 'AUTH'] as const;

/** One of {@link RESPONSE_CODES}. */
export type ResponseCode = (typeof RESPONSE_CODES)[number];

/** The first line of what a server answers (RFC 1939 section 3). */
export type Answer =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'refused'; readonly responseCode: ResponseCode | undefined }
  /** The server wants another line (RFC 5034 section 4). */
  | { readonly kind: 'challenge'; readonly text: string };

const LINE = /^(\+OK|-ERR|\+)(?: (.*))?$/s;
const BRACKETED = /^\[([^\]]*)\]/;

function readResponseCode(text: string): ResponseCode | undefined {
  const written = BRACKETED.exec(text)?.[1]?.toUpperCase();
  return RESPONSE_CODES.find((code) => code === written);
}

/**
 * Reads a status line, without its end.
 *
 * @throws {PeerProtocolError} When it is none.
 */
export function parseAnswer(line: string): Answer {
  const [, status, text = ''] = LINE.exec(line) ?? [];
  switch (status) {
    case '+OK':
      return { kind: 'ok', text };
    case '-ERR':
      return { kind: 'refused', responseCode: readResponseCode(text) };
    case '+':
      return { kind: 'challenge', text };
    case undefined:
    default:
      throw createProtocolError('gave an answer that is none');
  }
}

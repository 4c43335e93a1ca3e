import {
  type ErrorFields,
  PeerAuthenticationError,
  PeerThrottledError,
  type PostroomError,
} from '../../mail/errors.ts';
import type { ResponseCode } from './answer.ts';
import { createUnavailableError } from './pop3-errors.ts';

/** An `-ERR` and what it answered. */
export interface Refusal {
  /** A command's name, or `greeting`. */
  readonly command: string;
  readonly responseCode: ResponseCode | undefined;
}

const listFields = ({ command, responseCode }: Refusal): ErrorFields => ({
  peer: 'POP3',
  command,
  ...(responseCode === undefined ? {} : { responseCode }),
});

/** What an `-ERR` means that is no answer to a credential: the server cannot do it now. */
export const classifyRefusal = (refusal: Refusal): PostroomError =>
  createUnavailableError(`refused ${refusal.command}`, listFields(refusal));

/**
 * What an `-ERR` to a credential means. `[AUTH]`, or nothing more said, is a refusal of it; every
 * other code tells of the server or of the mailbox (RFC 2449 section 8.1, RFC 3206 section 4).
 *
 * @param loginDelayMs How long after a login the server wants to be left alone, where it said so.
 */
export function classifyLoginRefusal(
  refusal: Refusal,
  loginDelayMs: number | undefined,
): PostroomError {
  const fields = listFields(refusal);
  switch (refusal.responseCode) {
    case undefined:
    case 'AUTH':
      return new PeerAuthenticationError('the POP3 server refused the credential', { fields });
    case 'LOGIN-DELAY':
      return new PeerThrottledError('the POP3 server wants fewer logins', loginDelayMs, { fields });
    case 'IN-USE':
    case 'SYS/TEMP':
    case 'SYS/PERM':
      return classifyRefusal(refusal);
  }
}

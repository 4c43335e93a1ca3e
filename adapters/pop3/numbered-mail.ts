import type { ListedMail } from '../../mail/ports/mailbox-ports.ts';

/** A mail and the number that it has in this session (RFC 1939 section 3). It is another's in the next. */
export interface NumberedMail {
  readonly number: number;
  readonly mail: ListedMail;
}

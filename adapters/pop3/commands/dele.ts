import type { ResponseCode } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import type { NumberedMail } from '../numbered-mail.ts';
import { expectOk } from './expect-ok.ts';

/** What became of a mark for deletion. */
export interface DeletionMark {
  readonly mail: NumberedMail;
  readonly isMarked: boolean;
  readonly responseCode: ResponseCode | undefined;
}

/** DELE: marks mails; they are removed at QUIT (RFC 1939 section 5). */
export const DELETION: Exchange<NumberedMail, DeletionMark> = {
  format: ({ number }) => `DELE ${number}`,
  measure: () => 0,
  hasBlock: false,
  read(mail, answer) {
    if (answer.kind === 'refused') {
      return Promise.resolve({ mail, isMarked: false, responseCode: answer.responseCode });
    }
    expectOk('DELE', answer);
    return Promise.resolve({ mail, isMarked: true, responseCode: undefined });
  },
};

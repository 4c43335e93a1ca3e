import type { Arrival } from '../contracts/arrival.ts';
import type { Verdicts } from '../contracts/verdicts.ts';
import type { ReadMail } from '../message/read-mail.ts';

/** Everything that a rule may look at. */
export interface MailFacts {
  readonly door: Arrival['door'];
  /** The mailbox that it was polled from; undefined with other doors. */
  readonly mailbox: string | undefined;
  /** RFC 5321. The null sender is empty. */
  readonly envelope: { readonly sender: string; readonly recipients: readonly string[] };
  readonly mail: ReadMail;
  /** The raw mail's size. */
  readonly bytes: number;
  readonly verdicts: Verdicts;
  /** A person has let it out of quarantine: nothing sends it there again. */
  readonly isReleased: boolean;
}

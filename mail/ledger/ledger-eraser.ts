import type { StoredDecision } from './ledger.ts';
import type { ListedMail } from './story-reader.ts';

/** A handled mail of which a person is to be forgotten. */
export interface ForgettableMail {
  readonly listed: ListedMail;
  /** Null when the arrival's own row is gone. */
  readonly arrival: { readonly decided: StoredDecision | null } | null;
}

/**
 * Removes what the ledger remembers of a person. Each method may be done again, and ends with the
 * list row: as long as that is there, the mail is found.
 */
export interface LedgerEraser {
  /**
   * Removes the rows of a mail. Of its arrival is kept when it was handled and nothing of what it
   * was, so that a repeat of its notification is still swallowed.
   */
  removeMail(mail: ForgettableMail, address: string): Promise<void>;

  /** Takes an address out of the rows of a mail that is others' too. */
  stripMail(mail: ForgettableMail, address: string): Promise<void>;
}

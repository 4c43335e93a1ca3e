import type { Pop3Connection } from '../connection.ts';
import { createProtocolError } from '../pop3-errors.ts';
import { expectOk } from './expect-ok.ts';

/** What is in a mailbox. */
export interface MailboxTotals {
  readonly mails: number;
  readonly bytes: number;
}

const TOTALS = /^(\d{1,9}) +(\d{1,15})\b/;

/** Asks for the number of mails and their bytes (RFC 1939 section 5). */
export async function readTotals(connection: Pop3Connection): Promise<MailboxTotals> {
  connection.send(['STAT']);
  const [, mails, bytes] = TOTALS.exec(expectOk('STAT', await connection.readAnswer())) ?? [];
  if (mails === undefined) throw createProtocolError('gave no totals', { command: 'STAT' });
  return { mails: Number(mails), bytes: Number(bytes) };
}

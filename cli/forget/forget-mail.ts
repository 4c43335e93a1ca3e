import type { ObjectRemover } from '../../adapters/aws/s3-object-remover.ts';
import type { LedgerEraser } from '../../mail/ledger/ledger-eraser.ts';
import type { KeptMail } from './examine-mail.ts';

/** What forgetting needs of the world. */
export interface ForgettingPorts {
  readonly objects: Pick<ObjectRemover, 'removeObject'>;
  readonly eraser: LedgerEraser;
}

/**
 * Forgets a person in one mail. Objects go before rows: where it is cut off, the list still has the
 * mail, and it can be done again.
 */
export async function forgetMail(
  { listed, story, forgetting, going }: KeptMail,
  address: string,
  { objects, eraser }: ForgettingPorts,
): Promise<void> {
  if (forgetting === 'under-way') return;
  for (const object of going) await objects.removeObject(object.address);
  const mail = { listed, arrival: story ?? null };
  if (forgetting === 'remove') await eraser.removeMail(mail, address);
  else await eraser.stripMail(mail, address);
}

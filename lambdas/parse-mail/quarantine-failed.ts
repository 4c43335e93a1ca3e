import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import type { ArrivalClaim, ArrivalFailure } from '../../mail/ledger/ledger.ts';
import type { HandledMail } from '../../mail/ports/ports.ts';
import { holdUnread } from './hold-unread.ts';
import type { ActiveRules, ReceiveMailPorts } from './ports.ts';
import { readHeadSafely } from './read-head-safely.ts';

/**
 * Quarantines an arrival that cannot be handled, without reading more than the first bytes of it:
 * whatever ended the earlier tries may be in the rest.
 */
export async function quarantineFailed(
  arrived: ArrivedMail,
  claim: ArrivalClaim,
  failure: ArrivalFailure & { readonly reason: string },
  ports: ReceiveMailPorts,
  { configuration }: ActiveRules,
): Promise<HandledMail> {
  const fields = await readHeadSafely(ports.rawMail, arrived.arrival.raw);
  const evidence = { ...failure, attempts: claim.epoch, fields };
  return holdUnread(arrived, claim, evidence, ports, configuration);
}

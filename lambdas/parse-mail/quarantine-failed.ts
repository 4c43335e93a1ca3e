import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import type { ArrivalClaim, ArrivalFailure } from '../../mail/ledger/ledger.ts';
import type { HandledMail } from '../../mail/ports/ports.ts';
import type { ActiveRules, ReceiveMailPorts } from './ports.ts';
import { quarantineMail } from './quarantine-mail.ts';
import { readHeadSafely } from './read-head-safely.ts';

/**
 * Quarantines an arrival that cannot be handled, without reading more than the first bytes of it:
 * whatever ended the earlier tries may be in the rest.
 */
export async function quarantineFailed(
  arrived: ArrivedMail,
  claim: ArrivalClaim,
  { code, stack, reason }: ArrivalFailure & { readonly reason: string },
  ports: ReceiveMailPorts,
  rules: ActiveRules,
): Promise<HandledMail> {
  const fields = await readHeadSafely(ports.rawMail, arrived.arrival.raw);
  const evidence = { arrived, mailId: null, reason, code, stack, attempts: claim.epoch };
  const sent = await quarantineMail({ ...evidence, trace: [], fields }, ports, rules);
  const outcome = 'quarantined';
  const unread = { mailId: null, bytes: 0, subject: null };
  await ports.ledger.listArrival({ arrived, outcome, from: null, sent, ...unread });
  await ports.ledger.finishArrival(claim, outcome, sent);
  return {
    ...unread,
    arrivalId: arrived.arrival.arrivalId,
    sent: [],
    quarantined: [{ recipients: arrived.envelope.recipients, reason, code }],
    dropped: [],
    repeats: [],
    sender: arrived.envelope.sender,
  };
}

import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import type { ArrivalClaim, ArrivalFailure, Ledger } from '../../mail/ledger/ledger.ts';
import type { RawHeaderField } from '../../mail/message/header-block.ts';
import type { HandledMail } from '../../mail/ports/ports.ts';
import type { ReceiveMailPorts } from './ports.ts';
import { quarantineMail } from './quarantine-mail.ts';

/** Why a mail is held that was not read, and what is known of it. */
export interface UnreadEvidence extends ArrivalFailure {
  /** For people, in one sentence. */
  readonly reason: string;
  readonly attempts: number;
  readonly fields: readonly RawHeaderField[];
}

/** What holding a mail needs of the world. */
export interface HoldingPorts extends Pick<ReceiveMailPorts, 'quarantine' | 'events' | 'clock'> {
  readonly ledger: Pick<Ledger, 'listArrival' | 'finishArrival'>;
}

/** Quarantines a claimed arrival that was not read, and ends it. */
export async function holdUnread(
  arrived: ArrivedMail,
  claim: ArrivalClaim,
  evidence: UnreadEvidence,
  ports: HoldingPorts,
  configuration: Pick<ParseMailConfiguration, 'quarantine' | 'otherwise'>,
): Promise<HandledMail> {
  const held = { arrived, mailId: null, trace: [], ...evidence };
  const sent = await quarantineMail(held, ports, { configuration });
  const outcome = 'quarantined';
  const unread = { mailId: null, bytes: 0, subject: null };
  await ports.ledger.listArrival({ arrived, outcome, from: null, sent, ...unread });
  await ports.ledger.finishArrival(claim, outcome, sent);
  const { reason, code } = evidence;
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

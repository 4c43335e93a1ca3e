import { readRawMail } from '../../mail/message/read-raw-mail.ts';
import { toMailFacts } from '../../mail/message/create-events.ts';
import { readArrival } from '../../mail/contracts/read-arrival.ts';
import { decideMail } from '../../mail/rules/decide-mail.ts';
import {
  type ActiveRules,
  createActiveRules,
  type ReceiveMailPorts,
} from '../../lambdas/parse-mail/ports.ts';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import type { MovedMail } from '../output/local-event.ts';
import type { RecentMail } from './recent-mails.ts';

/** What deciding again looks at. Nothing is sent. */
type ReadingPorts = Pick<ReceiveMailPorts, 'rawMail' | 'mime' | 'mailBucket'>;

/** What came of deciding recent mails again. */
export interface Redecision {
  readonly checkedMails: number;
  readonly moved: readonly MovedMail[];
}

async function findMove(
  { notification, outcome }: RecentMail,
  { rawMail, mime, mailBucket }: ReadingPorts,
  { compiled, configuration: { limits } }: ActiveRules,
): Promise<MovedMail | undefined> {
  const arrived = readArrival(notification, mailBucket)?.arrived;
  if (arrived === undefined || outcome.kind !== 'handled') return undefined;
  const source = await rawMail.openRawMail(arrived.arrival.raw);
  const read = await readRawMail(source, mime, { maxBytes: limits.mailBytes });
  const { destinations } = decideMail(compiled, toMailFacts(arrived, read));
  const before = outcome.handled.sent.map(({ queue }) => queue).toSorted();
  const now = destinations.map(({ queue }) => queue).toSorted();
  if (before.join() === now.join()) return undefined;
  const { mailId, subject } = outcome.handled;
  return { mailId, subject, to: arrived.envelope.recipients, before, now };
}

/** Decides mails again by another configuration, and finds those that would now go elsewhere. */
export async function decideAgain(
  mails: readonly RecentMail[],
  ports: ReadingPorts,
  configuration: ParseMailConfiguration,
): Promise<Redecision> {
  const handled = mails.filter(({ outcome }) => outcome.kind === 'handled');
  const rules = createActiveRules(configuration);
  const moved: MovedMail[] = [];
  for (const mail of handled) {
    const move = await findMove(mail, ports, rules);
    if (move !== undefined) moved.push(move);
  }
  return { checkedMails: handled.length, moved };
}

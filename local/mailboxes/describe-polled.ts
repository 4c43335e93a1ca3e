import type { PollReport } from '../../lambdas/poll-mailbox/ports.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import type { PolledEvent } from '../output/local-event.ts';
import { explainMailboxFault } from './explain-fault.ts';

/** What the local run tells of a poll. */
export const describePolled = (
  { mailbox: name, outcome, mails, bytes, changed, passedOver, fault }: PollReport,
  mailbox: MailboxConfiguration,
): PolledEvent => ({
  event: 'polled',
  mailbox: name,
  outcome,
  mails,
  bytes,
  passedOver,
  changed,
  code: fault?.code ?? null,
  message: fault === null ? null : explainMailboxFault(fault, mailbox),
});

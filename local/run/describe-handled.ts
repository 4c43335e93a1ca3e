import type { RuleTrace } from '../../mail/contracts/mail-received.ts';
import type { HandledMail } from '../../mail/ports/ports.ts';
import type { MailEvent } from '../output/local-event.ts';

const describeDecision = ({ decidedBy }: RuleTrace): string => {
  switch (decidedBy.kind) {
    case 'rule':
      return decidedBy.rule;
    case 'otherwise':
      return 'otherwise';
    case 'unlisted-recipient':
      return 'unlisted recipient';
  }
};

/** What is told of a handled mail: one event for each destination, one for each reason to drop it. */
export function describeHandled(
  { mailId, sent, dropped, repeats, sender, subject }: HandledMail,
  ms: number,
): readonly MailEvent[] {
  const nowhere = { event: 'mail', mailId, from: sender, subject, queue: null, ms } as const;
  const repeated = repeats.map(({ recipient }) => recipient);
  return [
    ...sent.map(({ queue, event }): MailEvent => ({
      event: 'mail',
      mailId,
      from: event.from[0]?.address ?? sender,
      to: event.envelope.recipients,
      subject,
      rule: [...new Set(event.trace.map(describeDecision))].join(', '),
      queue,
      ms,
      ...(event.quarantineReason === undefined ? {} : { reason: event.quarantineReason }),
    })),
    ...dropped.map(({ recipients, reason }): MailEvent => ({
      ...nowhere,
      to: recipients,
      rule: 'drop',
      reason,
    })),
    ...(repeated.length === 0
      ? []
      : [{ ...nowhere, to: repeated, rule: 'repeat', reason: 'it has this mail already' }]),
  ];
}

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
    case 'virus':
      return 'virus';
  }
};

type Quarantined = HandledMail['quarantined'][number];

/** The rules' quarantines have their trace; a mail that could not be read has what failed. */
const describeQuarantine = ({ code, trace = [] }: Quarantined): string =>
  trace.length === 0 ? code : [...new Set(trace.map(describeDecision))].join(', ');

/** What is told of a handled mail: one event for each place that it went to. */
export function describeHandled(
  { mailId, sent, quarantined, dropped, repeats, sender, subject }: HandledMail,
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
      outcome: 'sent',
      queue,
      ms,
    })),
    ...quarantined.map((held): MailEvent => ({
      ...nowhere,
      outcome: 'quarantined',
      to: held.recipients,
      rule: describeQuarantine(held),
      reason: held.reason,
    })),
    ...dropped.map(({ recipients, reason }): MailEvent => ({
      ...nowhere,
      outcome: 'dropped',
      to: recipients,
      rule: 'drop',
      reason,
    })),
    ...(repeated.length === 0
      ? []
      : [
          {
            ...nowhere,
            outcome: 'repeat' as const,
            to: repeated,
            rule: '—',
            reason: 'it has this mail already',
          },
        ]),
  ];
}

import type { PollReport } from '../../lambdas/poll-mailbox/ports.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { explainMailboxFault } from '../../local/mailboxes/explain-fault.ts';
import { formatBytes, formatCount, type Mark, styleMark } from '../output/style.ts';

/** What a poll was asked for, as far as its report is worded by it. */
export interface PollWish {
  readonly mailbox: MailboxConfiguration;
  readonly isActing: boolean;
}

/** What is told of mails that were not taken, by the counter. */
const REST = [
  ['known', 'known from before'],
  ['passedOver', 'older than what is wanted'],
  ['oversize', 'too large'],
  ['unwanted', 'that no rule wants'],
  ['gone', 'gone meanwhile'],
  ['troubled', 'not fetched, tried again by the next poll'],
  ['quarantined', 'given up and quarantined'],
] as const satisfies readonly (readonly [keyof PollReport, string])[];

function describeTaken(report: PollReport): string {
  const { mailbox, mails, bytes } = report;
  const rest = REST.flatMap(([counter, what]) =>
    report[counter] === 0 ? [] : [`${report[counter]} ${what}`],
  );
  const taken =
    mails === 0 ? 'no mail taken' : `${formatCount(mails, 'mail')} taken (${formatBytes(bytes)})`;
  return [`${mailbox}: ${taken}`, ...rest].join(', ');
}

/** What became of the mailbox itself. */
function describeChange({ changed }: PollReport, { mailbox, isActing }: PollWish): string {
  if (mailbox.afterwards === 'leave') return 'nothing in the mailbox was changed';
  return isActing
    ? `${formatCount(changed, 'mail')} changed in the mailbox`
    : 'nothing in the mailbox was changed: it was opened read-only, as --act was not written; what was taken counts as taken here and is not polled again';
}

const describeNext = (
  { isMore, mails, passedOver }: PollReport,
  { mailbox }: PollWish,
): readonly string[] => {
  if (isMore) return [`there is more; run it again`];
  return mails === 0 && passedOver > 0 && mailbox.begin === 'now'
    ? ['begin is "now", so mail that was there before the first poll is left']
    : [];
};

/** Why a poll was not made; undefined when it was. */
function describeRefusal({ outcome, mailbox }: PollReport): string | undefined {
  switch (outcome) {
    case 'busy':
      return `${mailbox} is being polled by another just now; try again`;
    case 'not-due':
      return `${mailbox} is not due`;
    case 'claim-lost':
      return `${mailbox}: it took too long, and another has the mailbox now`;
    case 'over-budget':
      return `${mailbox}: what its provider gives in a day is used up; it goes on tomorrow`;
    case 'polled':
    case 'failed':
      return undefined;
  }
}

/** How a poll ended, and whether that is what a person wanted. */
export interface DescribedPoll {
  readonly mark: Mark;
  readonly lines: readonly string[];
}

/** Words the report of a poll for a person. */
export function describePoll(report: PollReport, wish: PollWish): DescribedPoll {
  const { fault } = report;
  const refusal = describeRefusal(report);
  const isWrong = fault !== null || report.outcome !== 'polled';
  const faults = [
    ...(refusal === undefined ? [] : [refusal]),
    ...(fault === null ? [] : [`${report.mailbox}: ${explainMailboxFault(fault, wish.mailbox)}`]),
  ];
  const isMade =
    report.outcome === 'polled' || report.outcome === 'over-budget' || report.mails > 0;
  const done = isMade
    ? [describeTaken(report), describeChange(report, wish), ...describeNext(report, wish)]
    : [];
  return {
    mark: isWrong ? 'wrong' : 'right',
    lines: [
      ...faults.map((line) => `${styleMark('wrong')} ${line}`),
      ...done.map((line, index) => (index === 0 ? `${styleMark('right')} ${line}` : `  ${line}`)),
    ],
  };
}

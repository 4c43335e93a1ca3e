import type { Count, SupportSummary, Unanswered } from './summarize-support.ts';

/** Lines of a list; the rest is one line that says how many. */
const MAX_LINES = 10;
const MAX_SUBJECT_LENGTH = 60;

// SECURITY: a subject must not move the cursor of the terminal that shows it.
const toLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, MAX_SUBJECT_LENGTH) || '(none)';

const formatNumber = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;

const formatCount = ({ name, mails }: Count): string =>
  `${String(mails).padStart(5)}  ${toLine(name)}`;

const formatAge = (hours: number): string =>
  hours < 24 ? `${hours} h` : `${Math.floor(hours / 24)} d ${hours % 24} h`;

const formatUnanswered = ({ from, subject, ageHours }: Unanswered): string =>
  `${formatAge(ageHours).padStart(10)}  ${toLine(from)}  ${toLine(subject)}`;

function formatList(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - MAX_LINES;
  const more = rest > 0 ? [`       and ${rest} more`] : [];
  return ['', title, ...lines.slice(0, MAX_LINES), ...more];
}

/** The summary as a person reads it in a mail or on a terminal. Ends with a line break. */
export function formatSummary(summary: SupportSummary): string {
  const { until, questions, answers, automatic, senders, subjects, unanswered } = summary;
  const lines = [
    `Support, 24 hours to ${until.slice(0, 16).replace('T', ' ')} UTC`,
    [
      formatNumber(questions, 'question'),
      formatNumber(answers, 'answer'),
      formatNumber(automatic, 'automatic mail'),
    ].join(', '),
    ...formatList('By sender', senders.map(formatCount)),
    ...formatList('By subject', subjects.map(formatCount)),
    ...formatList(
      `Unanswered: ${unanswered.length}, oldest first`,
      unanswered.map(formatUnanswered),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

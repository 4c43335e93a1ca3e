import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { MailAddress, RuleTrace, TriedRule } from '../../mail/contracts/mail-received.ts';
import { toSqsJson } from '../../mail/message/sqs-json.ts';
import type { MailDecision } from '../../mail/rules/decide-mail.ts';
import { describeDecider } from '../describe-decider.ts';
import {
  formatBytes,
  formatCount,
  MARKS,
  showForeignText,
  styleFaint,
  styleMark,
  styleStrong,
} from '../output/style.ts';
import type { MailExplanation } from './explain-mail.ts';

/** LIMIT: addresses shown of one header; a list mail can name hundreds. */
const MAX_ADDRESSES = 3;
const MAX_ATTACHMENTS = 10;
const LABEL_WIDTH = 10;

const formatMember = (label: string, text: string): string =>
  `  ${styleFaint(label.padEnd(LABEL_WIDTH))}${showForeignText(text)}`;

const formatMembers = (label: string, texts: readonly string[], most: number): string[] => [
  ...texts.slice(0, most).map((text, index) => formatMember(index === 0 ? label : '', text)),
  ...(texts.length > most ? [formatMember('', `and ${texts.length - most} more`)] : []),
];

const formatAddress = ({ name, address }: MailAddress): string =>
  name === '' ? address : `${name} <${address}>`;

function formatEnvelope({ envelope, assumed }: MailExplanation): string {
  const options = [
    ...(assumed.isSenderAssumed ? ['--from'] : []),
    ...(assumed.areRecipientsAssumed ? ['--to'] : []),
  ];
  const sender = envelope.sender === '' ? '<>' : envelope.sender;
  const note = options.length === 0 ? '' : ` (from the headers; set it with ${options.join(', ')})`;
  return formatMember('envelope', `${sender} → ${envelope.recipients.join(', ')}${note}`);
}

function formatVerdicts({ verdicts }: MailExplanation): string {
  const known = (['spam', 'virus', 'spf', 'dkim', 'dmarc'] as const).filter(
    (check) => verdicts[check] !== 'DISABLED',
  );
  return formatMember(
    'verdicts',
    known.length === 0
      ? 'none, as nobody scanned a file (--verdict spam=FAIL assumes one)'
      : known.map((check) => `${check} ${verdicts[check]}`).join(', '),
  );
}

function formatText({ mail }: MailExplanation): string {
  const [line] = (mail.text ?? '').split('\n').filter((text) => text.trim() !== '');
  if (line !== undefined) {
    return formatMember('text', line.length > 70 ? `${line.slice(0, 69).toWellFormed()}…` : line);
  }
  return formatMember('text', mail.html === null ? 'none' : 'none, only HTML');
}

const formatReading = (explanation: MailExplanation): readonly string[] => {
  const { mail } = explanation;
  return [
    ...formatMembers('from', mail.from.map(formatAddress), MAX_ADDRESSES),
    ...formatMembers('to', mail.to.map(formatAddress), MAX_ADDRESSES),
    ...formatMembers('cc', mail.cc.map(formatAddress), MAX_ADDRESSES),
    formatMember('subject', mail.subject ?? 'none'),
    formatMember('date', mail.date ?? 'none that can be read'),
    formatText(explanation),
    ...formatMembers(
      'attached',
      mail.attachments.map(
        ({ name, type, bytes }) => `${name ?? 'without a name'} (${type}, ${formatBytes(bytes)})`,
      ),
      MAX_ATTACHMENTS,
    ),
    formatEnvelope(explanation),
    formatVerdicts(explanation),
  ];
};

function formatRule({ rule, matched, checks }: TriedRule, width: number): string {
  const values = checks.map(
    (check) =>
      `${check.condition} ${MARKS[check.matched ? 'right' : 'wrong']} ${check.value ?? 'nothing'}`,
  );
  const why = styleFaint(showForeignText(values.join(' · ')));
  return `    ${styleMark(matched ? 'right' : 'wrong')} ${rule.padEnd(width)}  ${why}`;
}

const describeDeciders = (trace: readonly RuleTrace[]): string =>
  trace.map(({ decidedBy }) => describeDecider(decidedBy)).join(', ');

const formatDecision = ({
  destinations,
  quarantined,
  dropped,
}: MailDecision): readonly string[] => [
  ...destinations.map(({ queue, tags, trace }) => {
    const tagged = tags.length === 0 ? '' : ` tagged ${tags.join(', ')}`;
    return `    → ${styleStrong(queue)}${tagged} ${styleFaint(`(${describeDeciders(trace)})`)}`;
  }),
  ...quarantined.map(
    ({ reason, trace }) =>
      `    → ${styleStrong('quarantine')} for "${reason}" ${styleFaint(`(${describeDeciders(trace)})`)}`,
  ),
  ...dropped.map(
    ({ reason, trace }) =>
      `    → ${styleStrong('dropped')} for "${reason}" ${styleFaint(`(${describeDeciders(trace)})`)}`,
  ),
];

function formatWay({ recipient, decision }: MailExplanation['ways'][number]): readonly string[] {
  const [trace] = [...decision.destinations, ...decision.quarantined, ...decision.dropped].flatMap(
    ({ trace }) => trace,
  );
  const rules = trace?.rules ?? [];
  const width = Math.max(0, ...rules.map(({ rule }) => rule.length));
  return [
    `  ${styleStrong(showForeignText(recipient))}`,
    ...rules.map((rule) => formatRule(rule, width)),
    ...formatDecision(decision),
  ];
}

const formatClaims = (
  { events }: MailExplanation,
  { inlineEventBytes }: Configuration['limits'],
): readonly string[] =>
  events
    .map(({ queue, event }) => ({ queue, bytes: Buffer.byteLength(toSqsJson(event)) }))
    .filter(({ bytes }) => bytes > inlineEventBytes)
    .map(
      ({ queue, bytes }) =>
        `  ${queue} gets a claim check: the event has ${formatBytes(bytes)}, inline is up to ${formatBytes(inlineEventBytes)}`,
    );

/** What was read of a mail, what the rules decide for each recipient, and on which values. */
export const formatExplanation = (
  explanation: MailExplanation,
  limits: Configuration['limits'],
): readonly string[] => [
  `${styleStrong(explanation.name)} ${styleFaint(`(${formatBytes(explanation.bytes)}, ${formatCount(explanation.mail.headers.length, 'header')})`)}`,
  ...formatReading(explanation),
  ...explanation.ways.flatMap((way) => ['', ...formatWay(way)]),
  ...formatClaims(explanation, limits),
];

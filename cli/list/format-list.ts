import type { HourCounts, ListedMail } from '../../mail/ledger/story-reader.ts';
import type { ListedHour } from '../../mail/ledger/walk-list.ts';
import {
  formatBytes,
  formatCount,
  showForeignText,
  styleFaint,
  styleMark,
  styleStrong,
} from '../output/style.ts';

function describeCounts({ mails, bytes, events, ...rare }: HourCounts): string {
  const { repeats, quarantined, failures } = rare;
  return [
    formatCount(mails, 'mail'),
    formatBytes(bytes),
    formatCount(events, 'event'),
    ...(repeats === 0 ? [] : [formatCount(repeats, 'repeat')]),
    ...(quarantined === 0 ? [] : [`${quarantined} in quarantine`]),
    ...(failures === 0 ? [] : [formatCount(failures, 'failure')]),
  ].join(', ');
}

function describeWay({ outcome, queues }: ListedMail): string {
  if (outcome === 'dropped') return 'dropped';
  if (outcome === 'repeat') return 'a repeat';
  return outcome === 'quarantined' ? 'quarantine' : queues.join(', ');
}

function describeEnvelope(mail: ListedMail): string {
  const { sender, from, recipients, recipientCount } = mail;
  const more = recipientCount - recipients.length;
  const named = [...recipients, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return `${from ?? (sender === null ? '(forgotten)' : sender || '<>')} → ${named}`;
}

function formatListed(mail: ListedMail): readonly string[] {
  const mark = styleMark(mail.outcome === 'quarantined' ? 'wrong' : 'right');
  const time = styleFaint(
    mail.receivedAt.slice('2026-11-24T'.length, '2026-11-24T09:00:00'.length),
  );
  const details = [describeEnvelope(mail), describeWay(mail), mail.arrivalId];
  return [
    `  ${mark} ${time}  ${showForeignText(mail.subject ?? '(no subject)')}`,
    `              ${showForeignText(details.join('  '))}`,
  ];
}

/**
 * An hour: what was counted in it, then two lines for each mail that arrived in it.
 *
 * SECURITY: strangers wrote the mail, so nothing of it is shown as it came.
 */
export const formatHour = ({ hour, counts, mails }: ListedHour): readonly string[] => [
  `${styleStrong(hour)}  ${counts === undefined ? 'nothing counted' : describeCounts(counts)}`,
  ...mails.flatMap(formatListed),
];

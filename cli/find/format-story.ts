import type { ArrivalStory } from '../../mail/ledger/story-reader.ts';
import {
  formatBytes,
  formatCount,
  type Mark,
  showForeignText,
  styleFaint,
  styleMark,
  styleStrong,
} from '../output/style.ts';
import { type StoryStep, tellStory } from './tell-story.ts';

const TIME_WIDTH = '2026-11-24T09:00:00.000Z'.length;

function readMark({ outcome, failureCode }: ArrivalStory): Mark {
  if (outcome === 'quarantined') return 'wrong';
  if (outcome !== null) return 'right';
  return failureCode === null ? 'unknown' : 'wrong';
}

function describeRecipients({ listed, firstRecipient, recipientCount }: ArrivalStory): string {
  const named = listed?.recipients ?? (firstRecipient === null ? [] : [firstRecipient]);
  const more = recipientCount - named.length;
  return [...named, ...(more > 0 ? [`${formatCount(more, 'recipient')} more`] : [])].join(', ');
}

function describeSender({ sender, listed }: ArrivalStory): string {
  if (sender === null) return '(forgotten)';
  const from = listed?.from ?? null;
  return `${sender || '<>'}${from === null ? '' : ` (from ${from})`}`;
}

function describeSubject({ listed, forgottenAt }: ArrivalStory): string {
  if (listed?.mailId === null) return '(not read)';
  if (listed !== null) return listed.subject ?? '(no subject)';
  return forgottenAt === null ? '(not read yet)' : '(forgotten)';
}

const formatStep = ({ at, what }: StoryStep): string =>
  `  ${styleFaint((at ?? '').padEnd(TIME_WIDTH))}  ${showForeignText(what)}`;

/**
 * The story of an arrival: what it is, then a line for each thing that happened.
 *
 * SECURITY: a stranger wrote the mail, so nothing of it is shown as it came.
 */
export function formatStory(story: ArrivalStory, nowMs: number): readonly string[] {
  const { arrivalId, listed, decided } = story;
  const mailId = listed?.mailId ?? decided?.mailId;
  const size = listed?.mailId ? `, ${formatBytes(listed.bytes)}` : '';
  return [
    `${styleMark(readMark(story))} ${styleStrong(showForeignText(describeSubject(story)))}`,
    ...[
      `${describeSender(story)} → ${describeRecipients(story)}`,
      `${arrivalId}${size}`,
      ...(mailId === undefined ? [] : [mailId]),
    ].map((line) => `  ${showForeignText(line)}`),
    ...tellStory(story, nowMs).map(formatStep),
  ];
}

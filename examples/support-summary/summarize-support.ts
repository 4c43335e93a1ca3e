import type { SupportMail } from './read-support-mail.ts';

/** A name and how often it stands. */
export interface Count {
  readonly name: string;
  readonly mails: number;
}

/** A question that nobody has answered. */
export interface Unanswered {
  readonly from: string;
  readonly subject: string;
  readonly at: string;
  readonly ageHours: number;
}

/** A day of support. */
export interface SupportSummary {
  /** ISO 8601 in UTC; mail of the 24 hours before `until` counts. */
  readonly since: string;
  readonly until: string;
  readonly questions: number;
  readonly answers: number;
  readonly automatic: number;
  /** Of the day's questions, the most frequent first, then by name. */
  readonly senders: readonly Count[];
  /** The same by subject, without `Re:` and `Fwd:`. */
  readonly subjects: readonly Count[];
  /** Of any day, the oldest first. */
  readonly unanswered: readonly Unanswered[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The subject of a conversation: without what mail programs put before it, white space made one. */
export const readTopic = (subject: string): string =>
  subject
    .replace(/^(\s*(re|aw|antw|sv|fwd?|wg)\s*:)+/i, '')
    .replace(/\s+/g, ' ')
    .trim();

function countBy(
  mails: readonly SupportMail[],
  readName: (mail: SupportMail) => string,
): readonly Count[] {
  const groups = Map.groupBy(mails, (mail) => readName(mail).toLowerCase());
  const counts = [...groups.values()].map((group) => ({
    name: group.slice(0, 1).map(readName).join(''),
    mails: group.length,
  }));
  return counts.sort((one, other) => other.mails - one.mails || (one.name < other.name ? -1 : 1));
}

function listUnanswered(mails: readonly SupportMail[], untilMs: number): readonly Unanswered[] {
  const answered = new Set(
    mails.filter(({ kind }) => kind === 'answer').flatMap(({ refersTo }) => refersTo),
  );
  return mails
    .filter(({ kind }) => kind === 'question')
    .filter(({ messageId }) => messageId === null || !answered.has(messageId))
    .map(({ from, subject, at }) => ({
      ...{ from, subject, at },
      ageHours: Math.floor((untilMs - Date.parse(at)) / HOUR_MS),
    }))
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/**
 * Sums up the 24 hours before a moment. Mail that came later counts for nothing, so that the
 * summary of a moment is the same whenever it is made.
 */
export function summarizeSupport(mails: readonly SupportMail[], untilMs: number): SupportSummary {
  const known = mails.filter(({ at }) => Date.parse(at) < untilMs);
  const today = known.filter(({ at }) => Date.parse(at) >= untilMs - DAY_MS);
  const questions = today.filter(({ kind }) => kind === 'question');
  return {
    since: new Date(untilMs - DAY_MS).toISOString(),
    until: new Date(untilMs).toISOString(),
    questions: questions.length,
    answers: today.filter(({ kind }) => kind === 'answer').length,
    automatic: today.filter(({ kind }) => kind === 'automatic').length,
    senders: countBy(questions, ({ from }) => from),
    subjects: countBy(questions, ({ subject }) => readTopic(subject)),
    unanswered: listUnanswered(known, untilMs),
  };
}

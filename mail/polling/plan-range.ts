import { MAX_UID } from './plan-cursor.ts';

/** UIDs, both ends included. */
export interface UidRange {
  readonly firstUid: number;
  readonly lastUid: number;
}

/** UIDs that are asked for at once; how many mails have them, only the answer tells. */
const FIRST_SPAN = 1_000;
/** Fewer mails than this in an answer, and the next question is wider. */
const FEW_MAILS = 250;

/** The range to ask for first. */
export const planFirstRange = (afterUid: number, lastUid: number): UidRange | undefined =>
  planSpan(afterUid, lastUid, FIRST_SPAN);

/**
 * The range behind one that was answered: four times as wide where the answer had few mails, so
 * that a folder whose UIDs lie far apart takes few questions.
 */
export function planNextRange(
  { firstUid, lastUid: before }: UidRange,
  lastUid: number,
  mails: number,
): UidRange | undefined {
  const span = before - firstUid + 1;
  return planSpan(before, lastUid, mails < FEW_MAILS ? 4 * span : span);
}

function planSpan(afterUid: number, lastUid: number, span: number): UidRange | undefined {
  if (afterUid >= lastUid) return undefined;
  // A server that does not say where a folder ends is asked for all of the rest at once.
  const end = lastUid === MAX_UID ? lastUid : Math.min(lastUid, afterUid + span);
  return { firstUid: afterUid + 1, lastUid: end };
}

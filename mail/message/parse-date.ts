const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** Obsolete zone names (RFC 5322 section 4.3) in minutes east of UTC; others read as +0000. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['ut', 0],
  ['gmt', 0],
  ['utc', 0],
  ['z', 0],
  ['est', -300],
  ['edt', -240],
  ['cst', -360],
  ['cdt', -300],
  ['mst', -420],
  ['mdt', -360],
  ['pst', -480],
  ['pdt', -420],
]);

const DATE_TIME =
  /^(?:[a-z]{3,9}\.?,?\s*)?(\d{1,2})[\s-]+([a-z]{3,9})[\s-]+(\d{2,4})\s+(\d{1,2})\s*:\s*(\d{2})(?:\s*:\s*(\d{2}))?(?:\.\d+)?\s*(?:([+-])(\d{2}):?(\d{2})|([a-z]{1,5}))?/i;

/** Two and three digit years are of the 20th or 21st century (RFC 5322 section 4.3). */
function readYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 4) return year;
  if (digits.length === 3) return 1900 + year;
  return year < 50 ? 2000 + year : 1900 + year;
}

function readOffsetMinutes(match: RegExpExecArray): number {
  const [, , , , , , , sign, hours, minutes, zone] = match;
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  return ZONES.get((zone ?? '').toLowerCase()) ?? 0;
}

/** Removes comments (RFC 5322 section 3.2.2); they may nest. */
function removeComments(value: string): string {
  let depth = 0;
  let kept = '';
  for (const character of value) {
    if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth === 0) kept += character;
  }
  return kept;
}

/**
 * Reads a Date header (RFC 5322 section 3.3, the obsolete forms of section 4.3 included).
 *
 * @returns ISO 8601 in UTC, or null when the value names no moment: nothing is guessed.
 */
export function parseDate(value: string): string | null {
  const match = DATE_TIME.exec(removeComments(value).trim());
  if (match === null) return null;
  const [, day, monthName, year, hour, minute, second] = match;
  const month = MONTHS.indexOf((monthName ?? '').slice(0, 3).toLowerCase());
  const fields = [
    readYear(year ?? ''),
    month,
    Number(day),
    Number(hour),
    Number(minute),
    // A leap second (60) is the first second of the next minute for JavaScript.
    Number(second ?? 0),
  ] as const;
  if (month < 0 || fields[3] > 23 || fields[4] > 59 || fields[5] > 60) return null;
  // RFC 5322 section 3.3 bounds a zone's minutes, and only those.
  if (Number(match[9] ?? 0) > 59) return null;
  // Date.UTC would read a year below 100 as one of the 20th century; RFC 5322 begins at 1900.
  if (fields[0] < 1900) return null;
  // 31 February would roll over into March: a date that does not exist is no date.
  if (new Date(Date.UTC(fields[0], month, fields[2])).getUTCDate() !== fields[2]) return null;
  const moment = new Date(Date.UTC(...fields) - readOffsetMinutes(match) * 60_000);
  // What ISO 8601 writes with four digits; the contract knows no other.
  return moment.getUTCFullYear() > 9999 ? null : moment.toISOString();
}

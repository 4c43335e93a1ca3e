import { styleText } from 'node:util';

/** What is said to be right, wrong, or not known, at the start of a line. */
export const MARKS = { right: '✓', wrong: '✗', unknown: '?' } as const;
export type Mark = keyof typeof MARKS;

const COLOURS = { right: 'green', wrong: 'red', unknown: 'yellow' } as const;

/** A coloured mark. `NO_COLOR`, and an output that is no terminal, leave the colour out. */
export const styleMark = (mark: Mark): string => styleText(COLOURS[mark], MARKS[mark]);

export const styleStrong = (text: string): string => styleText('bold', text);
export const styleFaint = (text: string): string => styleText('dim', text);

const ESCAPE = '\u001b';
const CONTROL_SEQUENCE_INTRODUCER = '\u009b';
/** What colours and moves on a terminal, with its parameters (ECMA-48 section 5.4). */
const STEERING = new RegExp(
  `(?:${ESCAPE}\\[|${CONTROL_SEQUENCE_INTRODUCER})[0-?]*[ -/]*[@-~]`,
  'g',
);

/**
 * Text from a mail, fit to be shown in one line.
 *
 * SECURITY: a mail must not move the cursor, colour the screen or forge lines of ours. Nor may it
 * take a minute: Node's own `stripVTControlCharacters` needs that for 900 KB of sequences that do
 * not end.
 */
export const showForeignText = (text: string): string =>
  text.replace(STEERING, '').replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');

/** `12.3 kB`: bytes as people read them (1 kB is 1,000 bytes). */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [divisor, unit] = bytes < 1_000_000 ? [1000, 'kB'] : [1_000_000, 'MB'];
  return `${(bytes / divisor).toFixed(1)} ${unit}`;
}

/** `1 mail`, `2 mails`. */
export const formatCount = (count: number, singular: string): string =>
  `${count} ${singular}${count === 1 ? '' : 's'}`;

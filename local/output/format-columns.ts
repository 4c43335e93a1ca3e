const segmenter = new Intl.Segmenter();
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that a character takes in a terminal: two for East Asian wide ones and emoji. */
const measureCharacter = (character: string): number => (WIDE.test(character) ? 2 : 1);

/**
 * Text of a mail for a terminal, on one line.
 *
 * SECURITY: a mail could otherwise move the cursor, clear the screen or change the window's title.
 */
export const toPrintable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu, ' ');

/** LIMIT: UTF-16 units for each column. The longest emoji has 15; accents may be without end. */
const MAX_UNITS_A_COLUMN = 32;

/** Cuts or pads printable text to exactly this many columns of a terminal. */
export function fitColumns(text: string, columns: number): string {
  const start = text.slice(0, columns * MAX_UNITS_A_COLUMN).toWellFormed();
  const characters = Array.from(segmenter.segment(start), ({ segment }) => segment);
  const widths = characters.map(measureCharacter);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const isWhole = start.length === text.length;
  if (isWhole && total <= columns) return start + ' '.repeat(columns - total);
  let used = 0;
  const end = widths.findIndex((width) => {
    used += width;
    return used > columns - 1;
  });
  const keptCount = end < 0 ? characters.length : end;
  const kept = characters.slice(0, keptCount).join('');
  const keptWidth = widths.slice(0, keptCount).reduce((sum, width) => sum + width, 0);
  return `${kept}…${' '.repeat(columns - 1 - keptWidth)}`;
}

/** A line of a bill. */
export interface CostLine {
  /** What is paid for. */
  readonly what: string;
  /** How many, of one mail or of one month. */
  readonly count: number;
  /** Dollars for a million mails, or for one month. */
  readonly dollars: number;
}

/** The sum of a bill. */
export const sumDollars = (lines: readonly CostLine[]): number =>
  lines.reduce((sum, { dollars }) => sum + dollars, 0);

const writeRow = (what: string, count: string, dollars: string): string =>
  `${what.padEnd(62)}${count.padStart(12)}${dollars.padStart(9)}`;

/** A bill as a table, its sum in the last row. */
export const writeCosts = (
  heading: string,
  countHeading: string,
  lines: readonly CostLine[],
): string =>
  [
    writeRow(heading, countHeading, '$'),
    ...lines.map(({ what, count, dollars }) =>
      writeRow(what, count.toLocaleString('en', { maximumFractionDigits: 4 }), dollars.toFixed(2)),
    ),
    writeRow('sum', '', sumDollars(lines).toFixed(2)),
  ].join('\n');

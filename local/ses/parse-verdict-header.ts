import { VERDICT_STATUSES, type VerdictStatus } from '../../mail/contracts/verdicts.ts';
import { fitColumns, toPrintable } from '../output/format-columns.ts';
import { type RawHeaderField, readHeaderValues } from '../../mail/message/header-block.ts';

/** The checks that Amazon SES makes of received mail. */
export const CHECKS = ['spam', 'virus', 'spf', 'dkim', 'dmarc'] as const;
export type Check = (typeof CHECKS)[number];
export type SesVerdicts = Readonly<Record<Check, VerdictStatus>>;

/** The header that a test mail names its verdicts in: `X-Postroom-Verdict: spam=FAIL, spf=PASS`. */
export const VERDICT_HEADER = 'X-Postroom-Verdict';

/** A mail names a verdict that SES does not have. */
export class VerdictHeaderError extends Error {
  override readonly name = 'VerdictHeaderError';
}

/** LIMIT: characters of what came, in a reply that SMTP carries in one line of 512. */
const MAX_TERM_COLUMNS = 60;

/** SECURITY: what the mail wrote becomes part of a reply, whose lines are the door's own. */
const describeTerm = (term: string): string =>
  fitColumns(toPrintable(term.trim()), MAX_TERM_COLUMNS).trimEnd();

function parseTerm(term: string): readonly [Check, VerdictStatus] {
  const [name = '', status = ''] = term.split('=').map((word) => word.trim());
  const check = CHECKS.find((known) => known === name.toLowerCase());
  const verdict = VERDICT_STATUSES.find((known) => known === status.toUpperCase());
  if (check !== undefined && verdict !== undefined) return [check, verdict];
  throw new VerdictHeaderError(
    `${VERDICT_HEADER}: expected ${CHECKS.join(', ')} = ${VERDICT_STATUSES.join(', ')}, came ${describeTerm(term)}`,
  );
}

/**
 * The verdicts of a mail on this machine: `GRAY` (no clear answer), since nothing here scans mail
 * or asks a name server, except where the mail itself names another.
 *
 * @throws {VerdictHeaderError}
 */
export function parseVerdictHeader(fields: readonly RawHeaderField[]): SesVerdicts {
  const terms = readHeaderValues(fields, VERDICT_HEADER)
    .flatMap((value) => value.split(','))
    .filter((term) => term.trim() !== '');
  return {
    spam: 'GRAY',
    virus: 'GRAY',
    spf: 'GRAY',
    dkim: 'GRAY',
    dmarc: 'GRAY',
    ...Object.fromEntries(terms.map(parseTerm)),
  };
}

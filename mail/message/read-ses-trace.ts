import { VERDICT_STATUSES, type VerdictStatus, type Verdicts } from '../contracts/verdicts.ts';
import { type RawHeaderField, readHeaderValues } from './header-block.ts';
import { listAddresses } from './list-addresses.ts';

/** What SES wrote above a mail that it stored. */
export interface SesTrace {
  readonly sender: string;
  /** SES names one recipient of a transaction. */
  readonly recipient: string | undefined;
  readonly verdicts: Verdicts;
}

const TRACE_FIELDS = /^(return-path|received|received-spf|authentication-results|x-ses-.*)$/i;

/**
 * The fields that SES put before the mail: those at the top up to the next server's `Received`.
 *
 * SECURITY: whoever sends a mail writes its headers; below the topmost run every one may be forged.
 */
function takeTraceFields(fields: readonly RawHeaderField[]): readonly RawHeaderField[] {
  const isReceived = ({ name }: RawHeaderField): boolean => name.toLowerCase() === 'received';
  const first = fields.findIndex(isReceived);
  const end = fields.findIndex(
    (field, index) => !TRACE_FIELDS.test(field.name) || (isReceived(field) && index > first),
  );
  return end < 0 ? fields : fields.slice(0, end);
}

/** `… by inbound-smtp.<region>.amazonaws.com with SMTP id <message id> for <recipient>; <date>` */
const RECEIVED =
  /^.*\sby inbound-smtp\.[a-z0-9-]+\.amazonaws\.com with SMTP id (\S+)(?:\s+for (\S+?))?;/s;

const readScan = (value: string | undefined): VerdictStatus =>
  VERDICT_STATUSES.find((status) => status === value?.trim().toUpperCase()) ?? 'PROCESSING_FAILED';

/** How SES would word a result (RFC 8601 section 2.7) in its notification. */
function toVerdict(result = ''): VerdictStatus {
  switch (result.toLowerCase()) {
    case 'pass':
      return 'PASS';
    case 'fail':
      return 'FAIL';
    case 'none':
    case 'neutral':
    case 'softfail':
    case 'policy':
      return 'GRAY';
    default:
      return 'PROCESSING_FAILED';
  }
}

/** Quoted text and comments hold what the sender wrote. */
const withoutForeignText = (value: string): string =>
  value.replace(/"(?:[^"\\]|\\[^])*(?:"|\\?$)/g, '').replace(/\([^()]*\)/g, '');

/** What SES found by one method, such as `dkim` and `pass`. */
interface Result {
  readonly method: string;
  readonly result: string;
}

/** The results in SES's `Authentication-Results` (RFC 8601), in order. */
function readResults(fields: readonly RawHeaderField[]): readonly Result[] {
  const [written = ''] = readHeaderValues(fields, 'Authentication-Results');
  const [server = '', ...parts] = withoutForeignText(written).split(';');
  if (server.trim() !== 'amazonses.com') return [];
  return parts.flatMap((part) => {
    const [, method, result] = /^\s*(spf|dkim|dmarc)=([a-z]+)/i.exec(part) ?? [];
    if (method === undefined || result === undefined) return [];
    return [{ method: method.toLowerCase(), result: result.toLowerCase() }];
  });
}

function readVerdicts(fields: readonly RawHeaderField[]): Verdicts {
  const readFirst = (name: string): string | undefined => readHeaderValues(fields, name)[0];
  const results = readResults(fields);
  const readMethod = (wanted: string): readonly string[] =>
    results.filter(({ method }) => method === wanted).map(({ result }) => result);
  const signatures = readMethod('dkim');
  const spf = readMethod('spf')[0] ?? readFirst('Received-SPF')?.split(/\s/, 1)[0];
  return {
    spam: readScan(readFirst('X-SES-Spam-Verdict')),
    virus: readScan(readFirst('X-SES-Virus-Verdict')),
    spf: toVerdict(spf),
    // One signature that holds is enough (RFC 6376 section 6.1).
    dkim: toVerdict(signatures.includes('pass') ? 'pass' : signatures[0]),
    dmarc: toVerdict(readMethod('dmarc')[0]),
  };
}

/**
 * Reads what SES wrote above the mail of this message id. A verdict that is not there reads as
 * `PROCESSING_FAILED`: SES looked, and what it saw is lost.
 *
 * @returns undefined when the topmost `Received` is not the one of SES for this mail.
 */
export function readSesTrace(
  fields: readonly RawHeaderField[],
  sesMessageId: string,
): SesTrace | undefined {
  const trace = takeTraceFields(fields);
  const [received = ''] = readHeaderValues(trace, 'Received');
  const [, id, recipient = ''] = RECEIVED.exec(received.replace(/\s+/g, ' ')) ?? [];
  if (id !== sesMessageId) return undefined;
  const [returnPath = ''] = readHeaderValues(trace, 'Return-Path');
  return {
    sender: listAddresses(returnPath)[0] ?? '',
    recipient: listAddresses(recipient)[0],
    verdicts: readVerdicts(trace),
  };
}

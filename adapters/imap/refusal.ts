import * as z from 'zod';

/** A NO or BAD to a command. The session goes on. */
export interface Refusal {
  readonly status: 'NO' | 'BAD';
  /** The response code, in upper case; undefined where there is none that is known. */
  readonly code: string | undefined;
  /** What the server wrote. It may hold addresses and subjects: it is looked at and never kept. */
  readonly text: string;
}

/**
 * Response codes that may stand in a log: RFC 3501 section 7.1, RFC 4315, RFC 5530, and what
 * Microsoft, Gmail and Yahoo add. Anything else between brackets is a server's own text.
 */
const RESPONSE_CODES: ReadonlySet<string> = new Set([
  ...['ALERT', 'BADCHARSET', 'PARSE', 'TRYCREATE', 'UIDNOTSTICKY', 'UNAVAILABLE', 'INUSE'],
  ...['AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED', 'EXPIRED', 'PRIVACYREQUIRED', 'CONTACTADMIN'],
  ...['NOPERM', 'EXPUNGEISSUED', 'CORRUPTION', 'SERVERBUG', 'CLIENTBUG', 'CANNOT', 'LIMIT'],
  ...['OVERQUOTA', 'ALREADYEXISTS', 'NONEXISTENT', 'THROTTLED', 'WEBALERT', 'AUTHENTICATE'],
]);

/** An answer as imapflow parses it, where a code stands between brackets. */
const codedResponseSchema = z.looseObject({
  attributes: z.tuple(
    [z.looseObject({ section: z.tuple([z.looseObject({ value: z.string() })], z.unknown()) })],
    z.unknown(),
  ),
});

const isStatus = (status: unknown): status is Refusal['status'] =>
  status === 'NO' || status === 'BAD';

/** The response code as it may be logged. */
export function readResponseCode(code: unknown): string | undefined {
  const name = typeof code === 'string' ? code.toUpperCase() : '';
  return RESPONSE_CODES.has(name) ? name : undefined;
}

/** A member of an error that is not ours, when it is a string. */
export function readText(error: object, member: string): string {
  const value: unknown = Reflect.get(error, member);
  return typeof value === 'string' ? value : '';
}

/** imapflow reads the code of all commands but FETCH; there it leaves the answer as it was parsed. */
function findCode(error: Error): string {
  const response = codedResponseSchema.safeParse(Reflect.get(error, 'response'));
  return response.success
    ? response.data.attributes[0].section[0].value
    : readText(error, 'serverResponseCode');
}

/** The refusal that imapflow made an error of; undefined for every other failure. */
export function findRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = readText(error, 'responseStatus');
  if (!isStatus(status)) return undefined;
  return {
    status,
    code: readResponseCode(findCode(error)),
    text: readText(error, 'responseText'),
  };
}

/** A NO or BAD to a command. The session goes on. */
export interface Refusal {
  readonly status: 'NO' | 'BAD';
  /** The response code (RFC 5530), in upper case; undefined where there is none. */
  readonly code: string | undefined;
  /** What the server wrote. It may hold addresses and subjects: it is looked at and never kept. */
  readonly text: string;
}

/** A code of ours would do; anything else that stands between brackets is not for a log. */
const RESPONSE_CODE = /^[A-Z][A-Z0-9-]{0,40}$/;

const isStatus = (status: unknown): status is Refusal['status'] =>
  status === 'NO' || status === 'BAD';

/** The response code as it may be logged. */
export function readResponseCode(code: unknown): string | undefined {
  const name = typeof code === 'string' ? code.toUpperCase() : '';
  return RESPONSE_CODE.test(name) ? name : undefined;
}

/** A member of an error that is not ours, when it is a string. */
export function readText(error: object, member: string): string {
  const value: unknown = Reflect.get(error, member);
  return typeof value === 'string' ? value : '';
}

/** The refusal that imapflow made an error of; undefined for every other failure. */
export function findRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = readText(error, 'responseStatus');
  if (!isStatus(status)) return undefined;
  return {
    status,
    code: readResponseCode(readText(error, 'serverResponseCode')),
    text: readText(error, 'responseText'),
  };
}

/** What a report says of one recipient (RFC 3464 section 2.3). */
export interface RecipientStatus {
  /** The address that we sent to, where the report tells it; else the one that it was sent on to. */
  readonly address: string;
  /** What was done: `failed`, `delayed`, `delivered`, `relayed` or `expanded`; lower case. */
  readonly action: string;
  /** The enhanced status code (RFC 3463), `5.2.2`; null when there is none. */
  readonly status: string | null;
}

/** LIMIT: recipients that are read from one report. */
const MAX_RECIPIENTS = 1000;

/** LIMIT: an address has 320 characters (RFC 5321 section 4.5.3.1); a longer field is no address. */
const MAX_ADDRESS_FIELD = 400;

type Fields = ReadonlyMap<string, string>;

/** Unfolds the fields of a group; of two with one name the first counts. */
function parseFields(group: string): Fields {
  const fields = new Map<string, string>();
  for (const line of group.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (name !== '' && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

/** `rfc822; <ada@example.net>` is `ada@example.net`; undefined where no address stands. */
function readAddress(value = ''): string | undefined {
  // SECURITY: the pattern's time grows with the square of the field's length.
  if (value.length > MAX_ADDRESS_FIELD) return undefined;
  const [, address] = /^[^;]*;\s*<?([^\s<>]+@[^\s<>]+?)>?\s*$/.exec(value) ?? [];
  return address?.toLowerCase();
}

function readRecipient(fields: Fields): RecipientStatus | undefined {
  const address =
    readAddress(fields.get('original-recipient')) ?? readAddress(fields.get('final-recipient'));
  const action = fields.get('action')?.split(/[\s(]/)[0]?.toLowerCase();
  if (address === undefined || action === undefined) return undefined;
  const [status = null] = /^[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '') ?? [];
  return { address, action, status };
}

/**
 * Reads a `message/delivery-status` part (RFC 3464): groups of fields with empty lines between them,
 * the first about the message, each other about a recipient. Groups without recipient or action
 * are passed over.
 */
export const parseDeliveryStatus = (text: string): readonly RecipientStatus[] =>
  text
    .split(/(?:\r?\n[ \t]*){2,}/)
    .map((group) => readRecipient(parseFields(group)))
    .filter((recipient) => recipient !== undefined)
    .slice(0, MAX_RECIPIENTS);

/** What stands between the separators of an address list, as far as it was read. */
interface Entry {
  /** Outside of angle brackets. */
  readonly plain: string;
  /** Inside of them; undefined when there were none. */
  readonly angle: string | undefined;
  readonly isAngleOpen: boolean;
}

const NOTHING: Entry = { plain: '', angle: undefined, isAngleOpen: false };
/** An escaped character, one that means something, or a run of those that mean nothing. */
const TOKENS = /\\[^]?|["(),:;<>]|[^\\"(),:;<>]+/g;
const ADDRESS = /^[^\s@<>,;:]+@[^\s@<>,;:]+$/;

function extendEntry(entry: Entry, token: string): Entry {
  switch (token) {
    case '<':
      return { ...entry, angle: entry.angle ?? '', isAngleOpen: true };
    case '>':
      return { ...entry, isAngleOpen: false };
    case ':':
      // What stood before it names a group (RFC 5322 section 3.4).
      return { ...entry, plain: '' };
    default:
      return entry.isAngleOpen
        ? { ...entry, angle: `${entry.angle ?? ''}${token}` }
        : { ...entry, plain: `${entry.plain}${token}` };
  }
}

/** The entry's address, or none. */
function readAddress({ plain, angle }: Entry): readonly string[] {
  const address = (angle ?? plain).trim();
  return ADDRESS.test(address) ? [address] : [];
}

/**
 * The addresses of an address list (RFC 5322 section 3.4), in order. Names, comments and groups are
 * passed over, and so is what is no address; one with a quoted local part is none here.
 */
export function listAddresses(list: string): readonly string[] {
  const addresses: string[] = [];
  let entry = NOTHING;
  let isQuoted = false;
  let commentDepth = 0;
  for (const [token] of list.matchAll(TOKENS)) {
    if (isQuoted) isQuoted = token !== '"';
    else if (token === '(') commentDepth += 1;
    else if (commentDepth > 0) commentDepth -= token === ')' ? 1 : 0;
    else if (token === '"') isQuoted = true;
    else if (token === ',' || token === ';') {
      addresses.push(...readAddress(entry));
      entry = NOTHING;
    } else entry = extendEntry(entry, token);
  }
  return [...addresses, ...readAddress(entry)];
}

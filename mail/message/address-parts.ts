/** An address taken apart, lower case. */
export interface AddressParts {
  readonly address: string;
  /** Before the `@`, tag included. */
  readonly localPart: string;
  /** Before the tag. */
  readonly base: string;
  /** Between the first `+` and the `@` (subaddressing, RFC 5233); null without a `+`. */
  readonly tag: string | null;
  readonly domain: string;
}

/**
 * Takes an address apart. Domains have no case (RFC 5321 section 2.4); local parts are compared
 * without case too, as every large provider does.
 */
export function splitAddress(written: string): AddressParts {
  const address = written.toLowerCase();
  const at = address.lastIndexOf('@');
  const localPart = at < 0 ? address : address.slice(0, at);
  const plus = localPart.indexOf('+');
  return {
    address,
    localPart,
    base: plus < 0 ? localPart : localPart.slice(0, plus),
    tag: plus < 0 ? null : localPart.slice(plus + 1),
    domain: at < 0 ? '' : address.slice(at + 1),
  };
}

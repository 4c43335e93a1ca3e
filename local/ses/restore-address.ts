import { domainToASCII } from 'node:url';

/**
 * An address as SES knows it: with its domain in the `xn--` form.
 *
 * QUIRK(smtp-server): it hands internationalized domains on in Unicode, however they were written.
 */
export function restoreAddress(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  return isAscii(domain) ? address : `${address.slice(0, at)}${domainToASCII(domain)}`;
}

/** Whether a text has only visible characters of ASCII, as every address without SMTPUTF8 has. */
export const isAscii = (text: string): boolean => /^[\x21-\x7e]*$/.test(text);

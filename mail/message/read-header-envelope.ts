import type { ArrivedMail } from '../contracts/arrived-mail.ts';
import { splitAddress } from './address-parts.ts';
import { type RawHeaderField, readHeaderValues } from './header-block.ts';
import { listAddresses } from './list-addresses.ts';

/** What somebody told of an envelope; what is missing is read from the headers. */
export interface ToldEnvelope {
  /** Empty for the null sender. */
  readonly sender: string | undefined;
  readonly recipients: readonly string[];
}

/** LIMIT: recipients that headers may name; a server may refuse more in one transaction (RFC 5321 section 4.5.3.1.8). */
const MAX_RECIPIENTS = 100;

/** Whether an address is in one of the domains that mail is received for. */
export type IsOurAddress = (address: string) => boolean;

/** Makes {@link IsOurAddress} of a configuration's domains. */
export function createIsOurAddress(domains: readonly { readonly domain: string }[]): IsOurAddress {
  const ours = new Set(domains.map(({ domain }) => domain));
  return (address) => ours.has(splitAddress(address).domain);
}

/** The addresses of ours in To and Cc, each once. */
export function listOwnRecipients(
  fields: readonly RawHeaderField[],
  isOurs: IsOurAddress,
): readonly string[] {
  const named = ['To', 'Cc'].flatMap((name) => readHeaderValues(fields, name));
  const ours = named.flatMap(listAddresses).filter(isOurs);
  return [...new Set(ours)].slice(0, MAX_RECIPIENTS);
}

/** Whom the last server delivered to: what it wrote stands topmost. */
function findDelivered(
  fields: readonly RawHeaderField[],
  isOurs: IsOurAddress,
): string | undefined {
  const delivered = fields.find(({ name }) => /^(delivered-to|x-original-to)$/i.test(name));
  return delivered === undefined ? undefined : listAddresses(delivered.value).find(isOurs);
}

/**
 * The envelope sender that the last server wrote (RFC 5321 section 4.4): empty for the null sender,
 * undefined when it wrote none.
 */
export function readReturnPath(fields: readonly RawHeaderField[]): string | undefined {
  const [returnPath] = readHeaderValues(fields, 'Return-Path');
  return returnPath === undefined ? undefined : (listAddresses(returnPath)[0] ?? '');
}

/** The sender that the last server wrote, else who says that they wrote it. */
const readSender = (fields: readonly RawHeaderField[]): string =>
  readReturnPath(fields) ?? readHeaderValues(fields, 'From').flatMap(listAddresses)[0] ?? '';

/**
 * The envelope of a mail that no server brought: as it was told, else as its headers have it.
 *
 * A mail that names nobody of ours is for the postmaster, whom every domain has (RFC 5321 section
 * 4.5.1), so that it is judged and listed and not lost.
 *
 * @param postmaster The address of the postmaster.
 */
export function readHeaderEnvelope(
  fields: readonly RawHeaderField[],
  told: ToldEnvelope,
  isOurs: IsOurAddress,
  postmaster: string,
): ArrivedMail['envelope'] {
  const delivered = findDelivered(fields, isOurs);
  const named = delivered === undefined ? listOwnRecipients(fields, isOurs) : [delivered];
  const found = named.length === 0 ? [postmaster] : named;
  const isTold = told.sender !== undefined && told.recipients.length > 0;
  return {
    sender: told.sender ?? readSender(fields),
    recipients: told.recipients.length > 0 ? told.recipients : found,
    source: isTold ? 'smtp' : 'headers',
  };
}

import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { splitAddress } from '../../mail/message/address-parts.ts';
import { CommandError } from '../command-error.ts';

/** Where a test mail goes when nobody says: the first address that the configuration names. */
function chooseFirstAddress({ receiving }: Configuration): string {
  const [first] = receiving.domains;
  if (first === undefined) throw new CommandError('test-mail: no domain in receiving.domains');
  return `${first.addresses?.[0] ?? 'postroom-test'}@${first.domain}`;
}

/**
 * The address that a test mail is sent to.
 *
 * @throws {CommandError} When the wanted one is in no domain of ours.
 */
export function chooseRecipient(wanted: string | undefined, configuration: Configuration): string {
  if (wanted === undefined) return chooseFirstAddress(configuration);
  const domains = configuration.receiving.domains.map(({ domain }) => domain);
  if (domains.includes(splitAddress(wanted).domain)) return wanted;
  throw new CommandError(
    `--to: expected an address of ${domains.join(', ')} (receiving.domains), came "${wanted}"`,
  );
}

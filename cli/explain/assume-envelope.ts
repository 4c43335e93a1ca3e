import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import type { Verdicts } from '../../mail/contracts/verdicts.ts';
import { splitAddress } from '../../mail/message/address-parts.ts';
import { readReturnPath } from '../../mail/message/read-header-envelope.ts';
import type { ReadMail } from '../../mail/message/read-mail.ts';
import { CommandError } from '../command-error.ts';
import { showForeignText } from '../output/style.ts';

/** What a server would have said with the mail; what is missing is taken from its headers. */
export interface AssumedArrival {
  readonly sender: string | undefined;
  /** None: the To and Cc of the headers that are in our domains. */
  readonly recipients: readonly string[];
  readonly verdicts: Verdicts;
  /** The mailbox that it was polled from; undefined when Amazon SES took it in. */
  readonly mailbox: MailboxConfiguration | undefined;
}

const listDomains = ({ receiving }: Configuration): string =>
  receiving.domains.map(({ domain }) => domain).join(', ');

const isOurs = ({ receiving }: Configuration, address: string): boolean =>
  receiving.domains.some(({ domain }) => domain === splitAddress(address).domain);

/** LIMIT: strangers named in an error; a list mail can have thousands. */
const MAX_STRANGERS = 3;

function describeStrangers(addresses: readonly string[]): string {
  if (addresses.length === 0) return 'none';
  const shown = addresses.slice(0, MAX_STRANGERS).map(showForeignText).join(', ');
  const more = addresses.length - MAX_STRANGERS;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function findRecipients(
  name: string,
  mail: ReadMail,
  recipients: readonly string[],
  configuration: Configuration,
): readonly string[] {
  const stranger = recipients.find((recipient) => !isOurs(configuration, recipient));
  if (stranger !== undefined) {
    throw new CommandError(
      `--to: expected an address of ${listDomains(configuration)} (receiving.domains), came "${stranger}"; Amazon SES would refuse it`,
    );
  }
  if (recipients.length > 0) return recipients;
  const named = [...mail.to, ...mail.cc].map(({ address }) => address);
  const ours = [...new Set(named.filter((address) => isOurs(configuration, address)))];
  if (ours.length > 0) return ours;
  throw new CommandError(
    `${name}: no recipient; expected one of ${listDomains(configuration)} in To or Cc, came ${describeStrangers(named)}; say whom the mail came for with --to ADDRESS`,
  );
}

/**
 * The envelope of a file, which has none: what was said, else what the headers have.
 *
 * @throws {CommandError} When nobody of ours is to have it.
 */
export function assumeEnvelope(
  name: string,
  mail: ReadMail,
  { sender, recipients, mailbox }: AssumedArrival,
  configuration: Configuration,
): ArrivedMail['envelope'] {
  if (mailbox !== undefined) {
    const told = sender ?? readReturnPath(mail.headers) ?? '';
    return { source: 'headers', sender: told, recipients: [mailbox.address] };
  }
  return {
    source: sender !== undefined && recipients.length > 0 ? 'smtp' : 'headers',
    sender: sender ?? mail.from[0]?.address ?? '',
    recipients: findRecipients(name, mail, recipients, configuration),
  };
}

/** The way in that is assumed. */
export const describeDoor = ({
  mailbox,
}: AssumedArrival): Pick<ArrivedMail['arrival'], 'door' | 'mailbox'> =>
  mailbox === undefined ? { door: 'ses' } : { door: mailbox.protocol, mailbox: mailbox.name };

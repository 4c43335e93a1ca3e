import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import type { Verdicts } from '../../mail/contracts/verdicts.ts';
import { LimitExceededError } from '../../mail/errors.ts';
import { splitAddress } from '../../mail/message/address-parts.ts';
import {
  type AddressedEvent,
  createEvents,
  readMailId,
  toMailFacts,
} from '../../mail/message/create-events.ts';
import type { ReadMail } from '../../mail/message/read-mail.ts';
import { type ReadRawMail, readRawMail } from '../../mail/message/read-raw-mail.ts';
import { compileRules } from '../../mail/rules/compile-rules.ts';
import { decideMail, type MailDecision } from '../../mail/rules/decide-mail.ts';
import { CommandError } from '../command-error.ts';
import { showForeignText } from '../output/style.ts';
import type { MailFile } from './open-mail-file.ts';

/** What a server would have said with the mail; what is missing is taken from its headers. */
export interface AssumedArrival {
  readonly sender: string | undefined;
  /** None: the To and Cc of the headers that are in our domains. */
  readonly recipients: readonly string[];
  readonly verdicts: Verdicts;
}

/** A mail, and what the deployed parse-mail would do with it. */
export interface MailExplanation {
  readonly name: string;
  readonly bytes: number;
  readonly mail: ReadMail;
  readonly envelope: ArrivedMail['envelope'];
  /** Which halves of the envelope the headers stood in for. */
  readonly assumed: { readonly isSenderAssumed: boolean; readonly areRecipientsAssumed: boolean };
  readonly verdicts: Verdicts;
  /** The decision for each recipient by itself. */
  readonly ways: readonly { readonly recipient: string; readonly decision: MailDecision }[];
  readonly events: readonly AddressedEvent[];
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

async function readMailFile(
  name: string,
  source: MailFile['source'],
  { limits }: Configuration,
): Promise<ReadRawMail> {
  try {
    return await readRawMail(source, createMailparserMimeParser(), { maxBytes: limits.mailBytes });
  } catch (error) {
    if (!(error instanceof LimitExceededError)) throw error;
    const setting = 'maxBytes' in error.fields ? ' (limits.mailBytes)' : '';
    throw new CommandError(`${name}: ${error.message}${setting}`);
  }
}

/**
 * Reads a mail and lets the rules decide, with the code that is deployed.
 *
 * @throws {CommandError} When nobody of ours is to have it, or it is above a limit.
 */
export async function explainMail(
  { name, modifiedAt, source }: MailFile,
  assumed: AssumedArrival,
  configuration: Configuration,
): Promise<MailExplanation> {
  const read = await readMailFile(name, source, configuration);
  if (read.bytes === 0) throw new CommandError(`${name}: expected a mail, came an empty file`);
  const { mail, bytes } = read;
  const isTold = assumed.sender !== undefined && assumed.recipients.length > 0;
  const envelope: ArrivedMail['envelope'] = {
    source: isTold ? 'smtp' : 'headers',
    sender: assumed.sender ?? mail.from[0]?.address ?? '',
    recipients: findRecipients(name, mail, assumed.recipients, configuration),
  };
  const arrived: ArrivedMail = {
    arrival: {
      arrivalId: `file-${name}`,
      door: 'ses',
      receivedAt: modifiedAt.toISOString(),
      raw: { bucket: 'file', key: name },
    },
    envelope,
    verdicts: assumed.verdicts,
  };
  const compiled = compileRules(configuration);
  const facts = toMailFacts(arrived, read);
  return {
    name,
    bytes,
    mail,
    envelope,
    assumed: {
      isSenderAssumed: assumed.sender === undefined,
      areRecipientsAssumed: assumed.recipients.length === 0,
    },
    verdicts: assumed.verdicts,
    ways: envelope.recipients.map((recipient) => ({
      recipient,
      decision: decideMail(compiled, {
        ...facts,
        envelope: { ...envelope, recipients: [recipient] },
      }),
    })),
    events: createEvents(arrived, read, {
      mailId: readMailId(arrived, read),
      // Nothing else is known here.
      sameMessageIdAs: null,
      decision: decideMail(compiled, facts),
    }),
  };
}

import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import type { Verdicts } from '../../mail/contracts/verdicts.ts';
import { LimitExceededError } from '../../mail/errors.ts';
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
import { type AssumedArrival, assumeEnvelope, describeDoor } from './assume-envelope.ts';
import type { MailFile } from './open-mail-file.ts';

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
  const envelope = assumeEnvelope(name, mail, assumed, configuration);
  const arrived: ArrivedMail = {
    arrival: {
      arrivalId: `file-${name}`,
      ...describeDoor(assumed),
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
      areRecipientsAssumed: assumed.recipients.length === 0 && assumed.mailbox === undefined,
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

import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { SES_RAW_PREFIX } from '../../mail/configuration/resource-names.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import type { Verdicts } from '../../mail/contracts/verdicts.ts';
import { EventError } from '../../mail/errors.ts';
import { createFoundArrivalId, createSesArrivalId } from '../../mail/identity/identities.ts';
import type { Ledger } from '../../mail/ledger/ledger.ts';
import type { RawHeaderField } from '../../mail/message/header-block.ts';
import {
  createIsOurAddress,
  listOwnRecipients,
  readHeaderEnvelope,
} from '../../mail/message/read-header-envelope.ts';
import { MAX_HEAD_BYTES, readMailHead } from '../../mail/message/read-mail-head.ts';
import { readSesTrace } from '../../mail/message/read-ses-trace.ts';
import type { ObjectHeadReader } from '../../mail/ports/door-ports.ts';
import type { ObjectAddress } from '../../mail/ports/ports.ts';

/** What a look at a raw mail needs of the world. */
export interface FindLostArrivalPorts {
  readonly objects: ObjectHeadReader;
  readonly ledger: Pick<Ledger, 'readAttempts'>;
}

/** What an object of SES turned out to be. */
export type LookedUpObject =
  /** parse-mail has had it. */
  | { readonly kind: 'known' }
  /** What SES writes when a receipt rule is made, or an empty object. */
  | { readonly kind: 'no-mail' }
  /** Its notification never came. */
  | { readonly kind: 'lost'; readonly arrived: ArrivedMail };

/** SES writes an object of this name when a receipt rule is made. */
const SETUP_OBJECT = 'AMAZON_SES_SETUP_NOTIFICATION';

/** What SES saw is not known; never to be read as `PASS`. */
const UNKNOWN: Verdicts = {
  spam: 'PROCESSING_FAILED',
  virus: 'PROCESSING_FAILED',
  spf: 'PROCESSING_FAILED',
  dkim: 'PROCESSING_FAILED',
  dmarc: 'PROCESSING_FAILED',
};

/** `raw/ses/<receipt rule>/<message id>` taken apart. */
function readKey(key: string): { readonly receiptRule: string; readonly sesMessageId: string } {
  const [receiptRule = '', sesMessageId = '', ...rest] = key.startsWith(SES_RAW_PREFIX)
    ? key.slice(SES_RAW_PREFIX.length).split('/')
    : [];
  if (!/^\d{1,3}$/.test(receiptRule) || sesMessageId === '' || rest.length > 0) {
    throw new EventError(
      'event-not-ours',
      `expected a key ${SES_RAW_PREFIX}<receipt rule>/<message id>, came another key`,
    );
  }
  return { receiptRule, sesMessageId };
}

/**
 * Envelope and verdicts as SES wrote them above the mail. SES names one recipient there, so those
 * of ours in To and Cc count too: one that has the mail already gets no second event.
 */
function readTold(
  fields: readonly RawHeaderField[],
  sesMessageId: string,
  { receiving }: Pick<Configuration, 'receiving'>,
): Pick<ArrivedMail, 'envelope' | 'verdicts'> {
  const isOurs = createIsOurAddress(receiving.domains);
  const trace = readSesTrace(fields, sesMessageId);
  const first = trace?.recipient === undefined ? [] : [trace.recipient];
  const told = { sender: trace?.sender, recipients: first };
  const postmaster = `postmaster@${receiving.domains[0]?.domain ?? ''}`;
  const envelope = readHeaderEnvelope(fields, told, isOurs, postmaster);
  const others = listOwnRecipients(fields, isOurs);
  return {
    envelope: {
      sender: envelope.sender,
      recipients: [...new Set([...envelope.recipients, ...others])],
      source: 'headers',
    },
    verdicts: trace?.verdicts ?? UNKNOWN,
  };
}

/**
 * Looks whether parse-mail has had a raw mail of SES. One that it never had is described as far as
 * its headers go, as an arrival of its own: should the notification come after all, it is handled
 * for the recipients that could not be known here.
 *
 * @throws {EventError} `event-not-ours` for a key that no receipt rule of ours writes.
 * @throws {PeerUnavailableError}
 */
export async function findLostArrival(
  { bucket, key, bytes }: ObjectAddress & { readonly bytes: number },
  { objects, ledger }: FindLostArrivalPorts,
  configuration: Pick<Configuration, 'receiving'>,
): Promise<LookedUpObject> {
  const { receiptRule, sesMessageId } = readKey(key);
  if (sesMessageId === SETUP_OBJECT || bytes === 0) return { kind: 'no-mail' };
  const arrivalId = createSesArrivalId(receiptRule, sesMessageId);
  const [attempts = 0] = await ledger.readAttempts([arrivalId]);
  if (attempts > 0) return { kind: 'known' };
  const head = await objects.readHead({ bucket, key }, MAX_HEAD_BYTES);
  const fields = readMailHead(head.bytes) ?? [];
  return {
    kind: 'lost',
    arrived: {
      arrival: {
        arrivalId: createFoundArrivalId(arrivalId),
        door: 'ses',
        receivedAt: head.storedAt.toISOString(),
        raw: { bucket, key },
      },
      ...readTold(fields, sesMessageId, configuration),
    },
  };
}

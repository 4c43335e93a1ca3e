import type { MailboxConfiguration } from '../configuration/mailbox-schema.ts';
import { polledRawKey } from '../configuration/resource-names.ts';
import type { ArrivedMail } from '../contracts/arrived-mail.ts';
import { NOT_SCANNED } from '../contracts/verdicts.ts';
import { createPolledArrivalId } from '../identity/identities.ts';
import {
  decodeHeaderBytes,
  parseHeaderBlock,
  type RawHeaderField,
  readHeaderValues,
} from '../message/header-block.ts';
import { listAddresses } from '../message/list-addresses.ts';
import { parseDate } from '../message/parse-date.ts';
import type { ListedMail, OpenedFolder } from '../ports/mailbox-ports.ts';
import {
  createHeaderFingerprint,
  createServerIdFingerprint,
  createUniqueIdFingerprint,
} from './fingerprint.ts';

/** Where a mail was found. */
export interface PolledPlace {
  readonly mailbox: Pick<MailboxConfiguration, 'name' | 'address' | 'protocol'>;
  readonly folder: Pick<OpenedFolder, 'path' | 'generation'>;
  readonly mailBucket: string;
  /** What stands for the time of arrival where nothing tells it. */
  readonly begunAtMs: number;
}

/** The time that the last server wrote (RFC 5321 section 4.4): it stands topmost. */
export function readReceivedMs(header: Buffer): number | undefined {
  const [received] = readHeaderValues(parseHeaderBlock(decodeHeaderBytes(header)), 'Received');
  const date = parseDate(received?.slice(received.lastIndexOf(';') + 1) ?? '');
  return date === null ? undefined : Date.parse(date);
}

/**
 * When a mail came in: what its server says, else its headers, else when the mailbox began. Never
 * the present: a mail that is polled again must be told of in the same words.
 */
function readReceivedAt({ receivedAtMs }: ListedMail, header: Buffer, begunAtMs: number): string {
  const ms = receivedAtMs ?? readReceivedMs(header) ?? begunAtMs;
  return new Date(ms).toISOString();
}

/** The sender that the server which delivered it wrote (RFC 5321 section 4.4); empty without. */
function readReturnPath(fields: readonly RawHeaderField[]): string {
  const [returnPath = ''] = readHeaderValues(fields, 'Return-Path');
  return listAddresses(returnPath)[0] ?? '';
}

/** The arrival of a mail in this mailbox, the same at each poll. */
export function createPolledMail(
  { mailbox, folder, mailBucket, begunAtMs }: PolledPlace,
  mail: ListedMail,
  header: Buffer,
): ArrivedMail {
  const { name, address, protocol: door } = mailbox;
  const { path, generation } = folder;
  const { id, serverId } = mail;
  const arrivalId = createPolledArrivalId({
    door,
    mailbox: name,
    folder: path,
    generation,
    id,
    serverId,
  });
  return {
    arrival: {
      arrivalId,
      door,
      mailbox: name,
      receivedAt: readReceivedAt(mail, header, begunAtMs),
      raw: { bucket: mailBucket, key: polledRawKey(door, arrivalId) },
    },
    envelope: {
      sender: readReturnPath(parseHeaderBlock(decodeHeaderBytes(header))),
      recipients: [address],
      source: 'headers',
    },
    verdicts: NOT_SCANNED,
  };
}

/** What a mail will be known by, whatever UID it has then. */
export function createFingerprint(
  protocol: 'imap' | 'pop3',
  mail: ListedMail,
  header: Buffer,
): string {
  if (protocol === 'pop3') return createUniqueIdFingerprint(mail.id);
  return mail.serverId === undefined
    ? createHeaderFingerprint(mail, header)
    : createServerIdFingerprint(mail.serverId);
}

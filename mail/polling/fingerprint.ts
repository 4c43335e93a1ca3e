import { createHash } from 'node:crypto';
import { decodeHeaderBytes, parseHeaderBlock, readHeaderValues } from '../message/header-block.ts';
import type { ListedMail } from '../ports/mailbox-ports.ts';

/** The fields that a fingerprint is made of; a server need give no others for it. */
export const FINGERPRINT_FIELDS = ['Message-ID', 'Date', 'From', 'Subject'] as const;

const hash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 40);

/**
 * Tells a mail of a mailbox again when its UID has changed: from its header as it is on the server,
 * and its size there. White space does not count, since servers fold lines anew.
 *
 * @param header The whole header, or the part with {@link FINGERPRINT_FIELDS}.
 */
export function createHeaderFingerprint(
  { bytes }: Pick<ListedMail, 'bytes'>,
  header: Buffer,
): string {
  const fields = parseHeaderBlock(decodeHeaderBytes(header));
  const values = FINGERPRINT_FIELDS.map((name) =>
    readHeaderValues(fields, name).map((value) => value.replace(/\s+/g, '')),
  );
  return `h-${hash([values, bytes])}`;
}

/** The fingerprint of a mail that its server knows everywhere by one id. */
export const createServerIdFingerprint = (serverId: string): string => `s-${hash([serverId])}`;

/** The fingerprint of a mail in POP3: its unique-id holds for ever. */
export const createUniqueIdFingerprint = (id: string): string => `u-${hash([id])}`;

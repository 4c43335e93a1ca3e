import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MailReceived } from '../../consumer/mail-event.ts';
import type { MailStore } from '../../consumer/open-mail-object.ts';
import { openMailPart } from '../../consumer/open-mail-part.ts';

/** An invoice that is on disk. */
export interface SavedInvoice {
  /** Its name in the folder. */
  readonly file: string;
  readonly bytes: number;
  /** Of its bytes, hexadecimal: two mails with one invoice have one. */
  readonly sha256: string;
}

type Attachment = MailReceived['attachments'][number];

const isPdf = ({ name, type }: Attachment): boolean =>
  type === 'application/pdf' || (name?.toLowerCase().endsWith('.pdf') ?? false);

// SECURITY: the name that the sender chose is no path of ours; this one is the same at each try.
const nameFile = ({ eventId }: MailReceived, { partPath }: Attachment): string =>
  `${createHash('sha256').update(`${eventId} ${partPath}`).digest('hex').slice(0, 32)}.pdf`;

/** Writes a part beside its place first: nobody finds half an invoice there. */
async function saveInvoice(
  event: MailReceived,
  attachment: Attachment,
  { store, folder }: InvoicePlaces,
): Promise<SavedInvoice> {
  const file = nameFile(event, attachment);
  const path = join(folder, file);
  const part = await openMailPart(store, event.arrival.raw, attachment.partPath);
  const hash = createHash('sha256');
  const tap = new PassThrough().on('data', (piece: Buffer) => hash.update(piece));
  const target = createWriteStream(`${path}.part`, { flush: true });
  await pipeline(part, tap, target);
  await rename(`${path}.part`, path);
  return { file, bytes: target.bytesWritten, sha256: hash.digest('hex') };
}

/** Where invoices come from and go to. */
export interface InvoicePlaces {
  readonly store: MailStore;
  readonly folder: string;
}

/**
 * Saves the PDF attachments of a mail, one after another, however large, with less than 1 MiB in
 * memory. Doing it again writes the same files.
 *
 * @throws {ConsumerError} And what the file system throws; then the mail is to be tried again.
 */
export async function saveInvoices(
  event: MailReceived,
  places: InvoicePlaces,
): Promise<readonly SavedInvoice[]> {
  const saved: SavedInvoice[] = [];
  for (const attachment of event.attachments.filter(isPdf)) {
    saved.push(await saveInvoice(event, attachment, places));
  }
  return saved;
}

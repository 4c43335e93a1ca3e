import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createMailMeter, type MailMeasure } from '../identity/mail-meter.ts';
import type { MimeParser } from '../ports/ports.ts';
import type { ReadMail } from './read-mail.ts';

/** A mail read to its end: what it says, and what its bytes are. */
export interface ReadRawMail extends MailMeasure {
  readonly mail: ReadMail;
}

/**
 * Reads a raw mail in one pass over its bytes.
 *
 * The source is read to its end or destroyed, also when reading fails.
 *
 * @throws {LimitExceededError} When the mail has more than `maxBytes`.
 */
export async function readRawMail(
  source: Readable,
  mime: MimeParser,
  { maxBytes }: { readonly maxBytes: number },
): Promise<ReadRawMail> {
  const meter = createMailMeter({ maxBytes });
  const [mail] = await Promise.all([
    mime.readMail(meter.stream),
    // Destroys both ends when either fails, which ends the reading above with the same error.
    pipeline(source, meter.stream),
  ]);
  return { mail, ...meter.readMeasure() };
}

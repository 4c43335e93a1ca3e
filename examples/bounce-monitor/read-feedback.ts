import type { Readable } from 'node:stream';
import * as z from 'zod';
import type { MailReceived } from '../../consumer/mail-event.ts';
import type { MailStore } from '../../consumer/open-mail-object.ts';
import { openMailPart } from '../../consumer/open-mail-part.ts';
import { classifyMail } from './classify-mail.ts';
import { parseDeliveryStatus } from './parse-delivery-status.ts';

/** What the monitor keeps of a mail. */
export const feedbackSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('bounce'),
    recipients: z.array(
      z.object({ address: z.string(), action: z.string(), status: z.string().nullable() }),
    ),
  }),
  z.object({ kind: z.literal('unsubscribe'), address: z.string() }),
  z.object({ kind: z.literal('other') }),
]);
export type KeptFeedback = z.output<typeof feedbackSchema>;

/** LIMIT: bytes of a report that are read; a recipient takes some 200. */
const MAX_REPORT_BYTES = 256 * 1024;

async function readBeginning(part: Readable, maxBytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of part) {
    // A part yields buffers; a stream's iterator is typed `any`.
    pieces.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, maxBytes).toString('utf8');
}

/**
 * Reads what a mail in the mailbox of bounces says.
 *
 * @throws {ConsumerError}
 */
export async function readFeedback(mail: MailReceived, store: MailStore): Promise<KeptFeedback> {
  const feedback = classifyMail(mail);
  if (feedback.kind !== 'bounce') return feedback;
  if (feedback.partPath === undefined) return { kind: 'bounce', recipients: [] };
  const part = await openMailPart(store, mail.arrival.raw, feedback.partPath);
  const report = await readBeginning(part, MAX_REPORT_BYTES);
  return { kind: 'bounce', recipients: [...parseDeliveryStatus(report)] };
}

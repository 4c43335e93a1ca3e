import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type * as z from 'zod';
import type { MailReceivedClaim } from '../mail/contracts/mail-received.ts';
import { ConsumerError } from './consumer-error.ts';
import { type MailEvent, mailEventSchema, mailMessageSchema } from './mail-event.ts';
import { type MailStore, openMailObject } from './open-mail-object.ts';

function parseJson<Schema extends z.ZodType>(schema: Schema, json: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(json));
  } catch (cause) {
    throw new ConsumerError('event-malformed', 'expected an event of Postroom', cause);
  }
}

/** Reads an object of a known size; stops at once where there is more. */
async function readExactly(source: Readable, bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let read = 0;
  for await (const piece of source) {
    // A body of S3 yields buffers; its iterator is typed `any`.
    const buffer = piece as Buffer;
    read += buffer.length;
    if (read > bytes) break;
    pieces.push(buffer);
  }
  return Buffer.concat(pieces);
}

async function openClaim(store: MailStore, { event }: MailReceivedClaim): Promise<MailEvent> {
  const json = await readExactly(await openMailObject(store, event), event.bytes);
  if (createHash('sha256').update(json).digest('hex') !== event.sha256) {
    throw new ConsumerError('claim-altered', 'the object is not the one that was announced');
  }
  return parseJson(mailEventSchema, json.toString('utf8'));
}

/**
 * Reads the body of a message of a queue: the event that it is, or the one that it is a claim check
 * for. Holds the event whole: its text and HTML can be as long as the mail.
 *
 * @throws {ConsumerError}
 */
export async function openMailEvent(body: string, store: MailStore): Promise<MailEvent> {
  const message = parseJson(mailMessageSchema, body);
  return message.type === 'mail.received.claim' ? openClaim(store, message) : message;
}

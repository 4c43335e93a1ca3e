import { Readable } from 'node:stream';
import { PeerUnavailableError } from '../../mail/errors.ts';
import type {
  ClaimWriter,
  EventSender,
  OutgoingEvent,
  RawMailReader,
} from '../../mail/ports/ports.ts';

/** Stores and queues of one test, in memory. */
export interface MemoryPorts {
  /** By `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  readonly sent: OutgoingEvent[];
  readonly rawMail: RawMailReader;
  readonly claims: ClaimWriter;
  readonly events: EventSender;
}

/** Makes the ports of parse-mail over plain memory; queues take events for these names only. */
export function createMemoryPorts(
  bucket: string,
  queues: readonly string[] | 'any' = 'any',
): MemoryPorts {
  const objects = new Map<string, Buffer>();
  const sent: OutgoingEvent[] = [];
  return {
    objects,
    sent,
    rawMail: {
      openRawMail(address) {
        const object = objects.get(`${address.bucket}/${address.key}`);
        if (object !== undefined) return Promise.resolve(Readable.from([object]));
        return Promise.reject(
          new PeerUnavailableError('S3 answered NoSuchKey', {
            fields: { peer: 'S3', name: 'NoSuchKey' },
          }),
        );
      },
    },
    claims: {
      writeClaim(eventId, json) {
        const key = `events/${eventId}.json`;
        objects.set(`${bucket}/${key}`, Buffer.from(json));
        return Promise.resolve({ bucket, key });
      },
    },
    events: {
      sendEvent(event) {
        if (queues !== 'any' && !queues.includes(event.queue)) {
          return Promise.reject(
            new PeerUnavailableError('SQS answered QueueDoesNotExist', {
              fields: { peer: 'SQS', name: 'QueueDoesNotExist' },
            }),
          );
        }
        sent.push(event);
        return Promise.resolve();
      },
    },
  };
}

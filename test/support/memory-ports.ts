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

/** Queues by their names, or a standard one under each name that is asked for. */
type MemoryQueues = Readonly<Record<string, 'standard' | 'fifo'>> | 'any';

/** Makes the ports of parse-mail over plain memory; events go into these queues only. */
export function createMemoryPorts(bucket: string, queues: MemoryQueues = 'any'): MemoryPorts {
  const objects = new Map<string, Buffer>();
  const sent: OutgoingEvent[] = [];
  const deduplicationIds = new Set<string>();
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
        const type = queues === 'any' ? 'standard' : queues[event.queue];
        if (type === undefined) {
          return Promise.reject(
            new PeerUnavailableError('SQS answered QueueDoesNotExist', {
              fields: { peer: 'SQS', name: 'QueueDoesNotExist' },
            }),
          );
        }
        const deduplicationId = `${event.queue} ${event.eventId}`;
        if (type === 'standard' || !deduplicationIds.has(deduplicationId)) sent.push(event);
        deduplicationIds.add(deduplicationId);
        return Promise.resolve();
      },
    },
  };
}

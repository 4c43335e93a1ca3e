import { createHash } from 'node:crypto';
import type { Arrival } from '../contracts/arrival.ts';

/** The key of a row in the one table. */
export interface TableKey {
  readonly pk: string;
  readonly sk: string;
}

/** Rows of a list are spread over so many partitions an hour: DynamoDB takes 1,000 writes a second each. */
export const LIST_SHARDS = 4;

const readShard = (id: string): number =>
  (createHash('sha256').update(id).digest()[0] ?? 0) % LIST_SHARDS;

/** `2026-11-24T09`, in UTC. */
export const readHour = (isoTime: string): string => isoTime.slice(0, 13);

export const arrivalKey = (arrivalId: string): TableKey => ({
  pk: `arrival#${arrivalId}`,
  sk: 'arrival',
});

/**
 * Mails with one Message-ID share a partition, so that one that claims another's is found by one
 * query: a `mailId` has the hash of the Message-ID in front.
 */
export const mailPartition = (mailId: string): string =>
  `mail#${mailId.slice(0, mailId.lastIndexOf('-'))}`;

/**
 * Addresses are compared without case.
 *
 * SECURITY: the only key with something of a mail in it. A person is found, and forgotten, by the
 * address in it; a hash would hide it from nobody who can read the table, whose other rows have it.
 */
export const deliveryKey = (mailId: string, recipient: string): TableKey => ({
  pk: mailPartition(mailId),
  sk: `${mailId}#to#${recipient.toLowerCase()}`,
});

/** An arrival that came too late for a delivery of the mail. */
export const repeatKey = (mailId: string, arrivalId: string): TableKey => ({
  pk: mailPartition(mailId),
  sk: `${mailId}#repeat#${arrivalId}`,
});

export const servedQueueKey = (mailId: string, queue: string): TableKey => ({
  pk: mailPartition(mailId),
  sk: `${mailId}#queue#${queue}`,
});

export const listPartition = (hour: string, shard: number): string => `list#${hour}#${shard}`;

export const listKey = ({
  arrivalId,
  receivedAt,
}: Pick<Arrival, 'arrivalId' | 'receivedAt'>): TableKey => ({
  pk: listPartition(readHour(receivedAt), readShard(arrivalId)),
  sk: `${receivedAt}#${arrivalId}`,
});

/** Counters of all hours: one write a batch. */
export const COUNTERS_PARTITION = 'counts';

export const countersKey = (nowMs: number): TableKey => ({
  pk: COUNTERS_PARTITION,
  sk: readHour(new Date(nowMs).toISOString()),
});

const mailboxPartition = (mailbox: string): string => `mailbox#${mailbox}`;

/** Where the next poll of a mailbox goes on, and who has it. */
export const mailboxKey = (mailbox: string): TableKey => ({
  pk: mailboxPartition(mailbox),
  sk: 'state',
});

/** What the keys of the mails that are known in a mailbox begin with. */
export const KNOWN_MARK = 'known#';

/** A mail of a mailbox that was handled. */
export const knownMailKey = (mailbox: string, fingerprint: string): TableKey => ({
  pk: mailboxPartition(mailbox),
  sk: `${KNOWN_MARK}${fingerprint}`,
});

import type { SQSRecord } from 'aws-lambda';
import type { ArrivalFailure } from '../mail/ledger/ledger.ts';
import { MAX_MESSAGE_CHARACTERS, type QuarantineWriter } from '../mail/quarantine/quarantine.ts';
import { readReceives } from './failed-record.ts';
import { readVersions } from './read-versions.ts';

/** Why a message is held, and which queue would take it for another try. */
export interface MessageCase extends ArrivalFailure {
  /** For people, in one sentence. */
  readonly reason: string;
  /** One of our own, by its name in the configuration. */
  readonly queue: string;
}

/** Holds a message as it is: trying it again now is in vain, and it may be wanted. Again is harmless. */
export const quarantineMessage = (
  record: SQSRecord,
  { queue, code, stack, reason }: MessageCase,
  quarantine: QuarantineWriter,
): Promise<void> =>
  quarantine.holdMail({
    heldId: `message-${record.messageId}`,
    receivedAt: new Date(Number(record.attributes.SentTimestamp)).toISOString(),
    arrived: null,
    message: record.body.slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed(),
    queue,
    mailId: null,
    reason,
    code,
    stack,
    attempts: readReceives(record),
    versions: readVersions(),
  });

import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { pollRequestSchema, type PollRequest } from '../../mail/contracts/poll-request.ts';
import { pollMailbox } from './poll-mailbox.ts';
import type { PollPorts, PollReport } from './ports.ts';

/** Why a wake-up was not followed. */
export type IgnoredWakeUp =
  /** It is no wake-up of ours. */
  | 'malformed'
  /** The mailbox is not in the configuration any more. */
  | 'unknown-mailbox'
  /** It is older than the mailbox's interval: the next one is there, or about to come. */
  | 'late';

/** What poll-mailbox is made of. */
export interface PollMailboxDependencies extends PollPorts {
  /** Whether mails are flagged, moved or deleted as their mailboxes want it. */
  readonly isActing: boolean;
  /** @default nobody is told */
  readonly reportPoll?: (report: PollReport) => void;
  /** @default nobody is told */
  readonly reportIgnored?: (reason: IgnoredWakeUp) => void;
}

export type PollMailboxHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

function parseRequest(body: string): PollRequest | undefined {
  try {
    return pollRequestSchema.safeParse(JSON.parse(body)).data;
  } catch {
    // What is no JSON is no wake-up either.
    return undefined;
  }
}

const isLate = (
  { scheduledAt }: PollRequest,
  { intervalMinutes }: MailboxConfiguration,
  nowMs: number,
): boolean => nowMs - Date.parse(scheduledAt) > intervalMinutes * 60_000;

/** The mailbox that a wake-up is for, or why there is none. */
function findMailbox(
  { body }: SQSRecord,
  { readConfiguration, clock }: PollPorts,
): MailboxConfiguration | IgnoredWakeUp {
  const request = parseRequest(body);
  if (request === undefined) return 'malformed';
  const mailbox = readConfiguration().mailboxes.find(({ name }) => name === request.mailbox);
  if (mailbox === undefined) return 'unknown-mailbox';
  return isLate(request, mailbox, clock.now()) ? 'late' : mailbox;
}

/**
 * Makes the poll-mailbox function. A message of the polls queue is a wake-up and nothing more: it is
 * acknowledged whatever comes of it, since the mailbox's row says when to try again.
 */
export function createPollMailboxHandler(
  dependencies: PollMailboxDependencies,
  middlewares: readonly MiddlewareObj<SQSEvent, SQSBatchResponse>[] = [],
): PollMailboxHandler {
  const { isActing, reportPoll, reportIgnored } = dependencies;
  const handle: PollMailboxHandler = async ({ Records }, context) => {
    for (const record of Records) {
      const mailbox = findMailbox(record, dependencies);
      if (typeof mailbox === 'string') {
        reportIgnored?.(mailbox);
        continue;
      }
      const deadlineAtMs = dependencies.clock.now() + context.getRemainingTimeInMillis();
      reportPoll?.(await pollMailbox(mailbox, dependencies, { deadlineAtMs, isActing }));
    }
    return { batchItemFailures: [] };
  };
  return middy<SQSEvent, SQSBatchResponse>(handle).use([...middlewares]);
}

import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import {
  type DispatchRequest,
  dispatchRequestSchema,
} from '../../mail/contracts/dispatch-request.ts';
import { EventError } from '../../mail/errors.ts';
import { isLookedAt, planWakeUp } from '../../mail/polling/plan-wake-ups.ts';
import type { DispatchPollsPorts, DispatchReport } from './ports.ts';
import { cutInto, runInGroups } from './run-in-groups.ts';
import { tellSilentMailboxes } from './tell-silent-mailboxes.ts';

/** LIMIT: messages that SQS takes in one request. */
const BATCH_SIZE = 10;

/** What dispatch-polls is made of. */
export interface DispatchPollsDependencies extends DispatchPollsPorts {
  /** @default nobody is told */
  readonly reportRun?: (report: DispatchReport) => void;
}

export type DispatchPollsHandler = (event: unknown, context: Context) => Promise<DispatchReport>;

/** @throws {EventError} */
function parseRequest(event: unknown): DispatchRequest {
  const request = dispatchRequestSchema.safeParse(event);
  if (request.success) return request.data;
  const members = request.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new EventError('event-malformed', `Not a run of a schedule: see ${members}`);
}

async function dispatch(
  { intervalMinutes, scheduledAt }: DispatchRequest,
  ports: DispatchPollsPorts,
): Promise<DispatchReport> {
  const run = { intervalMinutes, scheduledAtMs: Date.parse(scheduledAt) };
  const isLate = ports.clock.now() - run.scheduledAtMs > intervalMinutes * 60_000;
  if (isLate) return { intervalMinutes, isLate, wokenUp: 0, stale: 0 };
  const mailboxes = ports
    .readConfiguration()
    .mailboxes.filter((mailbox) => mailbox.intervalMinutes === intervalMinutes);
  await runInGroups(cutInto(mailboxes, BATCH_SIZE), (batch) =>
    ports.wakeUps.sendWakeUps(batch.map((mailbox) => planWakeUp(mailbox, run))),
  );
  const stale = await tellSilentMailboxes(
    mailboxes.filter((mailbox) => isLookedAt(mailbox, run)),
    ports,
  );
  return { intervalMinutes, isLate, wokenUp: mailboxes.length, stale };
}

/**
 * Makes the dispatch-polls function: at each run of a schedule it puts one wake-up for each mailbox
 * of that interval into the polls queue, spread over the interval. A run that comes twice is
 * harmless, since a mailbox that was just polled is not due; one that comes late does nothing.
 *
 * The handler throws {@link EventError} for what no schedule of ours says, and
 * {@link PeerUnavailableError} when SQS or the table does not answer: Lambda then runs it again.
 */
export function createDispatchPollsHandler(
  { reportRun, ...ports }: DispatchPollsDependencies,
  middlewares: readonly MiddlewareObj<unknown, DispatchReport>[] = [],
): DispatchPollsHandler {
  const handle: DispatchPollsHandler = async (event) => {
    const report = await dispatch(parseRequest(event), ports);
    reportRun?.(report);
    return report;
  };
  return middy<unknown, DispatchReport>(handle).use([...middlewares]);
}

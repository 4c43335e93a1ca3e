import type { QueueBrowser, QueueState } from '../../adapters/aws/sqs-queue-browser.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { QUEUE_RETENTION_DAYS } from '../../mail/configuration/limits.ts';
import type { QueueNames } from '../../mail/configuration/resource-names.ts';
import { CommandError } from '../command-error.ts';
import { listQueueNames } from './list-queue-names.ts';
import type { LookRecord, RiskyLook } from './look-record.ts';
import { joinDepth, type QueueDepth, type QueueSource } from './queue-source.ts';

/** LIMIT: messages that one receive of SQS gives. More would take a second, and count again. */
const MAX_LOOK_MESSAGES = 10;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface DeployedQueueOptions {
  readonly configuration: Configuration;
  readonly browser: QueueBrowser;
  readonly looks: LookRecord;
  readonly readNowMs: () => number;
  /** Look although a message could go to its dead-letter queue by it. */
  readonly isRiskAccepted: boolean;
}

async function readDepth(
  browser: QueueBrowser,
  queue: string,
  names: QueueNames,
): Promise<QueueDepth | undefined> {
  const [state, dead] = await Promise.all([
    browser.readQueue(names.name),
    browser.readQueue(names.deadLetterName),
  ]);
  return joinDepth(queue, names, (name) => (name === names.deadLetterName ? dead : state));
}

/** A message on its last receive but one: a further look could be what sends it away. */
const isRisky = (receives: number, { maxReceives }: QueueState): boolean =>
  maxReceives !== undefined && receives >= maxReceives - 1;

function assertLookIsHarmless(
  queue: string,
  state: QueueState,
  last: RiskyLook | undefined,
  nowMs: number,
): void {
  if (last === undefined || !isRisky(last.receives, state)) return;
  // By then SQS has deleted whatever was there.
  if (nowMs - last.lookedAtMs > QUEUE_RETENTION_DAYS * DAY_MS) return;
  if (state.ready + state.inFlight + state.delayed === 0) return;
  throw new CommandError(
    `${queue}: not looked, as at the look of ${new Date(last.lookedAtMs).toISOString()} a message had ` +
      `${last.receives} of ${String(state.maxReceives)} receives and another could send it to the dead-letter ` +
      'queue; let its consumer take it, or add --anyway',
  );
}

const NOTE_LOOK_COUNTS = (maxReceives: number): string =>
  `SQS counts this look as a receive; after ${maxReceives} a message goes to the dead-letter queue`;

function noteLook(state: QueueState, shown: number, mostReceives: number): readonly string[] {
  const waiting = state.ready + state.delayed;
  return [
    ...(waiting > shown ? [`showing ${shown} of about ${waiting}`] : []),
    ...(state.maxReceives === undefined || shown === 0
      ? []
      : [NOTE_LOOK_COUNTS(state.maxReceives)]),
    ...(isRisky(mostReceives, state)
      ? [
          `a message here has ${mostReceives} of ${String(state.maxReceives)} receives: another look could send it to the dead-letter queue`,
        ]
      : []),
  ];
}

/**
 * The queues in an AWS account.
 *
 * A look is one receive with a visibility of zero seconds: consumers can have the messages at once,
 * and in FIFO queues no group is held up. It counts towards the receives after which SQS takes a
 * message for dead, so a queue in which that is near is not looked at again.
 */
export function createDeployedQueueSource(options: DeployedQueueOptions): QueueSource {
  const { configuration, browser, looks, readNowMs, isRiskAccepted } = options;
  const names = listQueueNames(configuration);

  async function readExisting(queue: string, isDead: boolean): Promise<QueueState> {
    const queueNames = names.get(queue);
    const name = isDead ? queueNames?.deadLetterName : queueNames?.name;
    const state = name === undefined ? undefined : await browser.readQueue(name);
    if (state !== undefined) return state;
    throw new CommandError(
      `${queue}: no queue ${name ?? queue} in this account and region; deploy the environment, or check AWS_PROFILE and AWS_REGION`,
    );
  }

  return {
    async readDepths() {
      const depths = await Promise.all(
        Array.from(
          names,
          async ([queue, queueNames]) =>
            [queue, await readDepth(browser, queue, queueNames)] as const,
        ),
      );
      return new Map(depths);
    },
    async lookIntoQueue(queue, { isDead, limit }) {
      const state = await readExisting(queue, isDead);
      if (!isRiskAccepted) {
        assertLookIsHarmless(queue, state, await looks.readLook(state.url), readNowMs());
      }
      const messages = await browser.receiveMessages(state.url, {
        limit: Math.min(limit, MAX_LOOK_MESSAGES),
        visibilitySeconds: 0,
        // A long poll asks all of SQS's servers; a short one misses messages.
        waitSeconds: 1,
      });
      const receives = Math.max(0, ...messages.map((message) => message.receives));
      await looks.writeLook(state.url, { lookedAtMs: readNowMs(), receives });
      return { messages, notes: noteLook(state, messages.length, receives) };
    },
  };
}

import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { DispatchRequest } from '../../mail/contracts/dispatch-request.ts';
import { describeError } from '../../mail/errors.ts';
import type { WakeUpSender } from '../../mail/ports/wake-up-sender.ts';
import type { PasswordGate } from './password-gate.ts';

export interface ScheduleOptions {
  readonly readConfiguration: () => Pick<Configuration, 'mailboxes'>;
  readonly gate: PasswordGate;
  readonly wakeUps: WakeUpSender;
  /** Runs dispatch-polls. */
  readonly dispatch: (request: DispatchRequest) => Promise<void>;
  readonly onTrouble: (message: string) => void;
}

/** How often is looked whether something is due. */
const TICK_MS = 1_000;
/** LIMIT: messages of one request to SQS. */
const BATCH_SIZE = 10;

async function wakeUpNow(names: readonly string[], wakeUps: WakeUpSender): Promise<void> {
  const scheduledAt = new Date().toISOString();
  for (let at = 0; at < names.length; at += BATCH_SIZE) {
    await wakeUps.sendWakeUps(
      names.slice(at, at + BATCH_SIZE).map((mailbox) => ({
        request: { type: 'mailbox.poll', version: 1, mailbox, scheduledAt },
        delaySeconds: 0,
      })),
    );
  }
}

/** What the schedules have done so far. */
interface ScheduleState {
  /** Mailboxes that were woken up for the first time. */
  readonly met: Set<string>;
  /** When each interval runs next. */
  readonly nextRuns: Map<number, number>;
}

async function tick(options: ScheduleOptions, { met, nextRuns }: ScheduleState): Promise<void> {
  const { readConfiguration, gate, wakeUps, dispatch } = options;
  const { mailboxes } = readConfiguration();
  const nowMs = Date.now();
  const fresh = mailboxes.map(({ name }) => name).filter((name) => !met.has(name));
  await wakeUpNow([...fresh, ...(await gate.takeOpened())], wakeUps);
  for (const name of fresh) met.add(name);
  for (const intervalMinutes of new Set(mailboxes.map((mailbox) => mailbox.intervalMinutes))) {
    const nextMs = nextRuns.get(intervalMinutes) ?? nowMs + intervalMinutes * 60_000;
    nextRuns.set(intervalMinutes, nextMs <= nowMs ? nowMs + intervalMinutes * 60_000 : nextMs);
    if (nextMs > nowMs) continue;
    await dispatch({ intervalMinutes, scheduledAt: new Date(nowMs).toISOString() });
  }
}

/** Plays the schedules of what is deployed, for the mailboxes that the configuration has now. */
export function startSchedule(options: ScheduleOptions): { stop(): Promise<void> } {
  const state: ScheduleState = { met: new Set(), nextRuns: new Map() };
  let running: Promise<void> | undefined;
  const run = (): void => {
    // One after the other: a tick that takes long is not overtaken.
    running ??= tick(options, state)
      .catch((error: unknown) => {
        options.onTrouble(`schedule of polls: ${describeError(error)}`);
      })
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(run, TICK_MS);
  run();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

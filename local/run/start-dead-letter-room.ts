import { createSqsQueueWriter } from '../../adapters/aws/sqs-queue-writer.ts';
import { createHoldDeadLettersHandler } from '../../lambdas/hold-dead-letters/create-handler.ts';
import { DEAD_LETTER_SOURCES } from '../../mail/configuration/dead-letter-queues.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { describeError } from '../../mail/errors.ts';
import { createLocalRetryDelayer } from '../queues/local-retry-delayer.ts';
import { startArrivalsPoller } from '../queues/poll-arrivals.ts';
import { createLocalPorts, type MailRoomOptions } from './mail-room.ts';

export type DeadLetterRoomOptions = Omit<MailRoomOptions, 'recentMails' | 'wrapPorts'>;

/** The deployed function over the emulators; what it does is told. */
function createHandler(options: DeadLetterRoomOptions) {
  const { clients, environment, queueUrlBase, readConfiguration, report } = options;
  return createHoldDeadLettersHandler({
    ...createLocalPorts(options),
    queues: createSqsQueueWriter(
      clients.sqs,
      (queue) => `${queueUrlBase}${queueNames(environment, queue).name}`,
    ),
    readConfiguration,
    readRandom: Math.random,
    retries: createLocalRetryDelayer(options),
    reportBatch: ({ outcomes: { held = 0, forwarded = 0 }, failed }) => {
      const lines = [
        ...(held > 0 ? [`${held} from a dead-letter queue: npx postroom quarantine list`] : []),
        ...(forwarded > 0 ? [`${forwarded} that SNS could not deliver, now in arrivals`] : []),
        ...failed.map(({ code }) => `a dead letter could not be held (${code})`),
      ];
      for (const message of lines) report({ event: 'trouble', message });
    },
  });
}

/** Starts what reads the dead-letter queues of our own. */
export function startDeadLetterRoom(options: DeadLetterRoomOptions): { stop(): Promise<void> } {
  const { clients, environment, queueUrlBase, report } = options;
  const handler = createHandler(options);
  const pollers = DEAD_LETTER_SOURCES.map((source) => {
    const { deadLetterName: queueName } = queueNames(environment, source);
    return startArrivalsPoller({
      sqs: clients.sqs,
      queueUrl: `${queueUrlBase}${queueName}`,
      queueName,
      handler,
      onTrouble: (error) => {
        report({ event: 'trouble', message: `dead letters of ${source}: ${describeError(error)}` });
      },
    });
  });
  return {
    async stop() {
      await Promise.all(pollers.map((poller) => poller.stop()));
    },
  };
}

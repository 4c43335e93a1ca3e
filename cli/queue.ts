import { type Command, InvalidArgumentError } from 'commander';
import type { Configuration } from '../mail/configuration/configuration-schema.ts';
import { openAccount } from './open-account.ts';
import { writeLine, writeNote } from './output/write-line.ts';
import { formatDepths, formatMessage, formatMessageJson } from './queue/format-queue.ts';
import { assertQueueName } from './queue/list-queue-names.ts';
import { createLocalQueueSource } from './queue/local-queue-source.ts';
import type { QueueSource } from './queue/queue-source.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';

interface QueueOptions extends ConfigurationOptions {
  readonly dead?: true;
  readonly limit: number;
  readonly anyway?: true;
  readonly json?: true;
}

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 1000;

function parseLimit(written: string): number {
  const limit = Number(written);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_LIMIT}.`);
}

async function showDepths(source: QueueSource, isJson: boolean): Promise<void> {
  const depths = await source.readDepths();
  if (!isJson) {
    for (const line of formatDepths(depths)) writeLine(line);
    return;
  }
  for (const [queue, depth] of depths) {
    writeLine(JSON.stringify(depth ?? { queue, missing: true }));
  }
}

async function showMessages(
  source: QueueSource,
  queue: string,
  { dead, limit, json }: QueueOptions,
): Promise<void> {
  const { messages, notes } = await source.lookIntoQueue(queue, {
    isDead: dead === true,
    limit,
  });
  for (const message of messages) {
    const lines = json === true ? [formatMessageJson(message)] : formatMessage(message);
    for (const line of lines) writeLine(line);
  }
  if (messages.length === 0) {
    writeNote(dead === true ? `${queue}: nothing is dead` : `${queue}: nothing is waiting`);
  }
  for (const note of notes) writeNote(note);
}

async function showQueue(
  queue: string | undefined,
  options: QueueOptions,
  configuration: Configuration,
  source: QueueSource,
): Promise<void> {
  if (queue === undefined) {
    await showDepths(source, options.json === true);
    return;
  }
  assertQueueName(queue, configuration);
  await showMessages(source, queue, options);
}

async function showDeployedQueue(
  queue: string | undefined,
  options: QueueOptions,
  configuration: Configuration,
): Promise<void> {
  const { createQueueSource, destroy } = openAccount();
  try {
    const source = createQueueSource(configuration, options.anyway === true);
    await showQueue(queue, options, configuration, source);
  } finally {
    destroy();
  }
}

/** `postroom queue [NAME]`: what waits in the queues. */
export function addQueueCommand(program: Command): void {
  program
    .command('queue')
    .summary('what waits in the queues')
    .description(
      'Lists the queues and how much they hold, or shows the events in one without taking them.\n' +
        'Looks at the local run, or with --env at what is deployed.',
    )
    .argument('[name]', 'a queue of the configuration, or arrivals')
    .option('--dead', 'show what is in its dead-letter queue')
    .option(
      '--limit <count>',
      'events to show; deployed, 10 at the most',
      parseLimit,
      DEFAULT_LIMIT,
    )
    .option('--anyway', 'look although a message could go to the dead-letter queue by it')
    .option('--json', 'print an object a line: a queue, or an event as it stands in the queue')
    .addOption(createConfigOption())
    .addOption(createEnvOption('look at this deployed environment instead of the local run'))
    .action(async (queue: string | undefined, options: QueueOptions) => {
      const configuration = await readCommandConfiguration(options);
      if (options.env === undefined) {
        await showQueue(queue, options, configuration, createLocalQueueSource(configuration));
      } else {
        await showDeployedQueue(queue, options, configuration);
      }
    });
}

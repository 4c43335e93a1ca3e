import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { OBJECT_QUEUES } from '../../mail/configuration/object-queues.ts';
import { findNearestName } from '../../mail/configuration/nearest-name.ts';
import { type QueueNames, queueNames } from '../../mail/configuration/resource-names.ts';
import { CommandError } from '../command-error.ts';

/** What the topic could not deliver to the arrivals queue; a dead-letter queue without a queue. */
const UNDELIVERED = 'arrivals-topic';

function nameUndelivered(environment: string): QueueNames {
  const { deadLetterName } = queueNames(environment, UNDELIVERED);
  return { name: deadLetterName, deadLetterName };
}

/**
 * Every queue of an environment by its name in the configuration, in the order mail takes. One that
 * is nothing but a dead-letter queue has its name as both.
 */
export const listQueueNames = ({
  environment,
  queues,
}: Configuration): ReadonlyMap<string, QueueNames> =>
  new Map([
    [UNDELIVERED, nameUndelivered(environment)],
    ...Object.keys(OBJECT_QUEUES).map((queue) => [queue, queueNames(environment, queue)] as const),
    ['arrivals', queueNames(environment, 'arrivals')],
    ...Object.entries(queues).map(
      ([queue, { type }]) => [queue, queueNames(environment, queue, type)] as const,
    ),
  ]);

/** @throws {CommandError} When no queue has that name. */
export function assertQueueName(queue: string, configuration: Configuration): void {
  const known = [...listQueueNames(configuration).keys()];
  if (known.includes(queue)) return;
  const nearest = findNearestName(queue, known);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  throw new CommandError(`queue: expected one of ${known.join(', ')}, came "${queue}"${hint}`, {
    exitStatus: 2,
  });
}

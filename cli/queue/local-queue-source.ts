import { type LocalEndpoints, readLocalEndpoints } from '../../local/endpoints.ts';
import { listLocalQueues, peekLocalQueue } from '../../local/queues.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { CommandError } from '../command-error.ts';
import { listQueueNames } from './list-queue-names.ts';
import { joinDepth, type QueueSource } from './queue-source.ts';

/** @throws {CommandError} When no local run serves this folder. */
function readRunningEndpoints(): LocalEndpoints {
  const endpoints = readLocalEndpoints();
  if (endpoints !== undefined) return endpoints;
  throw new CommandError(
    'queue: no local run in this folder; start one with `npm start`, or look at what is deployed with --env NAME',
  );
}

/**
 * The queues of the local run in this folder. Its emulator shows messages without a receive, those
 * in flight and delayed ones too.
 *
 * @throws {CommandError} When none runs.
 */
export function createLocalQueueSource(configuration: Configuration): QueueSource {
  const endpoints = readRunningEndpoints();
  const { environment } = endpoints;
  const names = listQueueNames({ ...configuration, environment });

  return {
    async readDepths() {
      const queues = await listLocalQueues(endpoints);
      const found = new Map(queues.map((queue) => [queue.name, queue]));
      return new Map(
        Array.from(names, ([queue, queueNames]) => [
          queue,
          joinDepth(queue, queueNames, (name) => found.get(name)),
        ]),
      );
    },
    async lookIntoQueue(queue, { isDead, limit }) {
      const queueNames = names.get(queue);
      const name = (isDead ? queueNames?.deadLetterName : queueNames?.name) ?? queue;
      const messages = await peekLocalQueue(endpoints, name);
      if (messages === undefined) {
        throw new CommandError(
          `${queue}: the local run has no queue ${name}; save postroom.config.ts, or start it again`,
        );
      }
      return {
        messages: messages.slice(0, limit).map(({ body, receives, sentAt }) => ({
          body,
          receives,
          sentAtMs: sentAt.getTime(),
        })),
        notes: messages.length > limit ? [`showing ${limit} of ${messages.length}`] : [],
      };
    },
  };
}

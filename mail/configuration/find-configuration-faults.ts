import type { ConfigurationFault } from '../errors.ts';
import type { Configuration } from './configuration-schema.ts';
import {
  LONGEST_QUEUE_DAYS,
  MAX_DOMAINS_PER_RECEIPT_RULE,
  MAX_QUEUES,
  MAX_RECEIPT_RULES,
  QUEUE_RETENTION_DAYS,
} from './limits.ts';
import { findMailboxFaults } from './find-mailbox-faults.ts';
import { findMailboxMentionFaults } from './find-mailbox-mention-faults.ts';
import { findRepeats } from './find-repeats.ts';
import { hintNearestName } from './nearest-name.ts';
import { RESERVED_QUEUE_NAMES } from './own-queues.ts';
import { findQuarantineQueue } from './parse-mail-configuration.ts';

/** A place in the configuration that sends mail to a queue. */
interface QueueMention {
  readonly path: string;
  readonly queue: string;
}

function listQueueMentions({
  rules,
  otherwise,
  quarantine,
}: Configuration): readonly QueueMention[] {
  const mentions = rules.flatMap(({ then }, rule) =>
    then.flatMap((action, index) =>
      'queue' in action
        ? [{ path: `rules[${rule}].then[${index}].queue`, queue: action.queue }]
        : [],
    ),
  );
  const named = [
    { path: 'otherwise.queue', queue: 'queue' in otherwise ? otherwise.queue : undefined },
    { path: 'quarantine.queue', queue: quarantine.queue },
  ];
  return [
    ...mentions,
    ...named.flatMap(({ path, queue }) => (queue === undefined ? [] : [{ path, queue }])),
  ];
}

function findQueueFaults(configuration: Configuration): readonly ConfigurationFault[] {
  const declared = Object.keys(configuration.queues);
  const mentions = listQueueMentions(configuration);
  const mentioned = new Set(mentions.map(({ queue }) => queue));
  const undeclared = mentions
    .filter(({ queue }) => !declared.includes(queue))
    .map(({ path, queue }): ConfigurationFault => ({
      path,
      message: `expected the name of a member of queues, came "${queue}"${hintNearestName(queue, declared)}`,
    }));
  const unnamed = declared
    .filter((queue) => !mentioned.has(queue))
    .map((queue) => ({
      path: `queues.${queue}`,
      message:
        'no rule names this queue, so nothing could ever reach it; name it in a rule or remove it',
    }));
  const reserved = declared
    .filter((queue) => RESERVED_QUEUE_NAMES.includes(queue) || queue.endsWith('-dead'))
    .map((queue) => ({
      path: `queues.${queue}`,
      message: `the name is Postroom's own; choose another than ${RESERVED_QUEUE_NAMES.join(', ')} and …-dead`,
    }));
  const tooMany =
    declared.length <= MAX_QUEUES
      ? []
      : [
          {
            path: 'queues',
            message: `expected at most ${MAX_QUEUES} queues, came ${declared.length}`,
          },
        ];
  return [...undeclared, ...unnamed, ...reserved, ...tooMany];
}

function findDomainFaults({ receiving }: Configuration): readonly ConfigurationFault[] {
  const repeats = findRepeats(
    receiving.domains.map(({ domain }) => domain),
    (index) => `receiving.domains[${index}].domain`,
    'a domain',
  );
  const addresses = receiving.domains.flatMap(({ addresses, catchAll }, index) => {
    const path = `receiving.domains[${index}]`;
    if (addresses === undefined && !catchAll) {
      return [{ path, message: 'expected addresses: […] or catchAll: true, came neither' }];
    }
    if (addresses !== undefined && catchAll) {
      return [{ path, message: 'expected addresses: […] or catchAll: true, came both' }];
    }
    return findRepeats(addresses ?? [], (member) => `${path}.addresses[${member}]`, 'an address');
  });
  const most = MAX_RECEIPT_RULES * MAX_DOMAINS_PER_RECEIPT_RULE;
  const count = receiving.domains.length;
  const tooMany =
    count <= most
      ? []
      : [
          {
            path: 'receiving.domains',
            message: `expected at most ${most} domains (SES has ${MAX_RECEIPT_RULES} receipt rules of ${MAX_DOMAINS_PER_RECEIPT_RULE}), came ${count}`,
          },
        ];
  return [...repeats, ...addresses, ...tooMany];
}

/** An event in a queue points at the raw mail: that must be there for as long. */
const findRetentionFaults = ({ retention: { rawDays } }: Configuration) =>
  rawDays > LONGEST_QUEUE_DAYS
    ? []
    : [
        {
          path: 'retention.rawDays',
          message: `expected more than ${LONGEST_QUEUE_DAYS} days, which is ${QUEUE_RETENTION_DAYS} in a queue and ${QUEUE_RETENTION_DAYS} in its dead-letter queue, since an event there points at the raw mail; came ${rawDays}`,
        },
      ];

/** Mail in quarantine that nobody is told of would be forgotten there. */
const findQuarantineFaults = (configuration: Configuration): readonly ConfigurationFault[] =>
  findQuarantineQueue(configuration) === undefined
    ? [
        {
          path: 'quarantine.queue',
          message:
            'expected the name of a member of queues, came nothing, and otherwise names none: who is to be told of mail in quarantine?',
        },
      ]
    : [];

/** What is wrong between members that are each right by themselves. */
export function findConfigurationFaults(
  configuration: Configuration,
): readonly ConfigurationFault[] {
  return [
    ...findDomainFaults(configuration),
    ...findMailboxFaults(configuration),
    ...findMailboxMentionFaults(configuration),
    ...findQueueFaults(configuration),
    ...findQuarantineFaults(configuration),
    ...findRetentionFaults(configuration),
    ...findRepeats(
      configuration.rules.map(({ name }) => name),
      (index) => `rules[${index}].name`,
      'a name',
    ),
  ];
}

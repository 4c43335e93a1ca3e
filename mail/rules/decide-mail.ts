import { QUARANTINE_QUEUE } from '../configuration/own-queues.ts';
import type { RuleTrace } from '../contracts/mail-received.ts';
import type { EvaluationContext } from './compile-condition.ts';
import type { CompiledRules } from './compile-rules.ts';
import type { MailFacts } from './mail-facts.ts';
import { type Route, routeRecipient, type Stop } from './route-recipient.ts';

/** One event to be sent. */
export interface Destination {
  readonly queue: string;
  readonly recipients: readonly string[];
  readonly tags: readonly string[];
  /** Why the mail is in quarantine; absent for a team's own queues. */
  readonly quarantineReason?: string;
  readonly trace: readonly RuleTrace[];
}

/** Recipients for which nothing is sent. */
export interface Dropped {
  readonly recipients: readonly string[];
  readonly reason: string;
  readonly trace: readonly RuleTrace[];
}

export interface MailDecision {
  readonly destinations: readonly Destination[];
  readonly dropped: readonly Dropped[];
}

interface RoutedStop {
  readonly route: Route;
  readonly stop: Stop;
}

/** LIMIT: ways that show every rule; later ones show what matched. 500 recipients may go 500 ways. */
const MAX_FULL_WAYS = 10;

/**
 * Joins recipients for which the same rules matched. The checks are those of the first of them: a
 * mail to 500 recipients shows its way once, not 500 times.
 */
function joinTraces(routed: readonly RoutedStop[]): readonly RuleTrace[] {
  const ways = Map.groupBy(routed, ({ route, stop }) =>
    JSON.stringify([stop.decidedBy, route.tried.map(({ matched }) => matched)]),
  );
  return Array.from(ways.values(), ([first, ...others], index): RuleTrace[] => {
    if (first === undefined) return [];
    return [
      {
        recipients: [first, ...others].map(({ route }) => route.recipient),
        rules: first.route.tried.filter(({ matched }) => matched || index < MAX_FULL_WAYS),
        decidedBy: first.stop.decidedBy,
      },
    ];
  }).flat();
}

const unique = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)];

function toDestination(queue: string, routed: readonly RoutedStop[]): Destination {
  const reasons = routed.flatMap(({ stop }) => (stop.kind === 'quarantine' ? [stop.reason] : []));
  return {
    queue,
    recipients: unique(routed.map(({ route }) => route.recipient)),
    tags: unique(routed.flatMap(({ route }) => route.tags)),
    ...(queue === QUARANTINE_QUEUE ? { quarantineReason: unique(reasons).join('; ') } : {}),
    trace: joinTraces(routed),
  };
}

/**
 * One stop for each destination: a second rule to the same queue adds nothing, and a drop only
 * counts where the mail goes nowhere else.
 */
const listStops = (route: Route): readonly RoutedStop[] => {
  const byDestination = Map.groupBy(route.stops, readDestination);
  if (byDestination.size > 1) byDestination.delete(undefined);
  return Array.from(byDestination.values(), ([stop]) => stop).flatMap((stop) =>
    stop === undefined ? [] : [{ route, stop }],
  );
};

/** The queue that a stop sends to; undefined for a drop. */
function readDestination(stop: Stop): string | undefined {
  if (stop.kind === 'drop') return undefined;
  return stop.kind === 'queue' ? stop.queue : QUARANTINE_QUEUE;
}

/**
 * Decides what happens to a mail: one event for each destination, with the recipients that the
 * rules sent there. A pure function of the rules and the facts.
 */
export function decideMail(compiled: CompiledRules, facts: MailFacts): MailDecision {
  const context: EvaluationContext = { facts, leafResults: new Map() };
  const routed = unique(facts.envelope.recipients)
    .map((recipient) => routeRecipient(compiled, context, recipient))
    .flatMap(listStops);
  const sent = Map.groupBy(
    routed.filter(({ stop }) => stop.kind !== 'drop'),
    ({ stop }) => readDestination(stop) ?? '',
  );
  const dropped = Map.groupBy(
    routed.flatMap(({ route, stop }) => (stop.kind === 'drop' ? [{ route, stop }] : [])),
    ({ stop }) => stop.reason,
  );
  return {
    destinations: Array.from(sent, ([queue, members]) => toDestination(queue, members)),
    dropped: Array.from(dropped, ([reason, members]) => ({
      reason,
      recipients: members.map(({ route }) => route.recipient),
      trace: joinTraces(members),
    })),
  };
}

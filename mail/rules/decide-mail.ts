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
  readonly trace: readonly RuleTrace[];
}

/** Recipients whose mail is kept apart until a person decides. */
export interface Quarantined {
  readonly recipients: readonly string[];
  readonly reason: string;
  /** What settled it. */
  readonly code: 'rule' | 'unlisted-recipient' | 'virus';
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
  readonly quarantined: readonly Quarantined[];
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

const listRecipients = (routed: readonly RoutedStop[]): readonly string[] =>
  unique(routed.map(({ route }) => route.recipient));

const toDestination = (queue: string, routed: readonly RoutedStop[]): Destination => ({
  queue,
  recipients: listRecipients(routed),
  tags: unique(routed.flatMap(({ route }) => route.tags)),
  trace: joinTraces(routed),
});

function readQuarantineCode({ decidedBy }: Stop): Quarantined['code'] {
  return decidedBy.kind === 'otherwise' ? 'rule' : decidedBy.kind;
}

/** Where a stop sends to: a second stop there adds nothing. */
const readPlace = (stop: Stop): string =>
  stop.kind === 'queue' ? `queue ${stop.queue}` : stop.kind;

/** One stop for each place; a drop only counts where the mail goes nowhere else. */
function listStops(route: Route): readonly RoutedStop[] {
  const byPlace = Map.groupBy(route.stops, readPlace);
  if (byPlace.size > 1) byPlace.delete('drop');
  return Array.from(byPlace.values(), ([stop]) => stop).flatMap((stop) =>
    stop === undefined ? [] : [{ route, stop }],
  );
}

/** Groups what was routed by a name that only stops of one kind have. */
function groupStops(
  routed: readonly RoutedStop[],
  readName: (stop: Stop) => string | undefined,
): readonly (readonly [string, readonly RoutedStop[]])[] {
  const groups = Map.groupBy(routed, ({ stop }) => readName(stop));
  return Array.from(groups).flatMap(([name, members]) =>
    name === undefined ? [] : [[name, members] as const],
  );
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
  const sent = groupStops(routed, (stop) => (stop.kind === 'queue' ? stop.queue : undefined));
  const held = groupStops(routed, (stop) => (stop.kind === 'quarantine' ? stop.reason : undefined));
  const dropped = groupStops(routed, (stop) => (stop.kind === 'drop' ? stop.reason : undefined));
  return {
    destinations: sent.map(([queue, members]) => toDestination(queue, members)),
    quarantined: held.map(([reason, members]) => ({
      reason,
      code: members[0] === undefined ? 'rule' : readQuarantineCode(members[0].stop),
      recipients: listRecipients(members),
      trace: joinTraces(members),
    })),
    dropped: dropped.map(([reason, members]) => ({
      reason,
      recipients: listRecipients(members),
      trace: joinTraces(members),
    })),
  };
}

import type { RuleTrace, TriedRule } from '../contracts/mail-received.ts';
import { splitAddress } from '../message/address-parts.ts';
import type { EvaluationContext } from './compile-condition.ts';
import type { CompiledRules } from './compile-rules.ts';
import type { MailFacts } from './mail-facts.ts';
import type { Action } from './rule-schema.ts';

export type DecidedBy = RuleTrace['decidedBy'];

/** Somewhere that a recipient's mail goes. */
export type Stop = Readonly<{ decidedBy: DecidedBy }> &
  (
    | Readonly<{ kind: 'queue'; queue: string }>
    | Readonly<{ kind: 'quarantine'; reason: string }>
    | Readonly<{ kind: 'drop'; reason: string }>
  );

/** Where one recipient's mail goes, and why. */
export interface Route {
  readonly recipient: string;
  readonly stops: readonly Stop[];
  readonly tags: readonly string[];
  readonly tried: readonly TriedRule[];
}

/** What `then` and `otherwise` have in common. */
function toStop(action: Action, decidedBy: DecidedBy): Stop | undefined {
  if ('queue' in action) return { kind: 'queue', queue: action.queue, decidedBy };
  if ('quarantine' in action) return { kind: 'quarantine', reason: action.quarantine, decidedBy };
  if ('drop' in action) return { kind: 'drop', reason: action.drop, decidedBy };
  return undefined;
}

const endsRules = (action: Action): boolean =>
  'stop' in action || 'drop' in action || 'quarantine' in action;

/** Mail for an address that nobody listed does not meet the rules. */
function routeUnlisted(
  { domains }: CompiledRules,
  { door }: MailFacts,
  recipient: string,
): Stop | undefined {
  // Whoever polls a mailbox wants its mail, whatever SES takes in for the same domain.
  if (door === 'imap' || door === 'pop3') return undefined;
  const { base, localPart, domain } = splitAddress(recipient);
  const configured = domains.get(domain);
  // Dropped mail may be addressed to any domain: only our own have lists.
  if (configured?.addresses === undefined) return undefined;
  if (configured.addresses.some((listed) => listed === base || listed === localPart))
    return undefined;
  const decidedBy = { kind: 'unlisted-recipient' } as const;
  const reason = 'the address is not listed in receiving.domains';
  return { kind: configured.unlisted, reason, decidedBy };
}

/** Whatever the rules say, a mail that was found to carry a virus meets none of them. */
const routeInfected = ({ verdicts }: MailFacts): Stop | undefined =>
  verdicts.virus === 'FAIL'
    ? { kind: 'quarantine', reason: 'a virus was found', decidedBy: { kind: 'virus' } }
    : undefined;

/**
 * Tries the rules in order for one recipient. Every rule that matches applies, until one says
 * `stop`, `quarantine` or `drop`; when none sent the mail anywhere, `otherwise` does.
 */
export function routeRecipient(
  compiled: CompiledRules,
  context: EvaluationContext,
  recipient: string,
): Route {
  const { isReleased } = context.facts;
  const apart = isReleased
    ? undefined
    : (routeInfected(context.facts) ?? routeUnlisted(compiled, context.facts, recipient));
  if (apart !== undefined) return { recipient, stops: [apart], tags: [], tried: [] };
  const tried: TriedRule[] = [];
  const actions: { readonly action: Action; readonly rule: string }[] = [];
  for (const { name, when, then } of compiled.rules) {
    const { matched, checks } = when(context, recipient);
    tried.push({ rule: name, matched, checks: [...checks] });
    if (!matched) continue;
    const applied = then.filter((action) => !(isReleased && 'quarantine' in action));
    actions.push(...applied.map((action) => ({ action, rule: name })));
    if (applied.some(endsRules)) break;
  }
  const stops = actions.flatMap(({ action, rule }) => toStop(action, { kind: 'rule', rule }) ?? []);
  const otherwise = toStop(compiled.otherwise, { kind: 'otherwise' });
  return {
    recipient,
    stops: stops.length > 0 || otherwise === undefined ? stops : [otherwise],
    tags: actions.flatMap(({ action }) => ('tag' in action ? [action.tag] : [])),
    tried,
  };
}

import type { RuleCheck } from '../contracts/mail-received.ts';
import { compileLeaf, type LeafResult } from './compile-leaf.ts';
import type { MailFacts } from './mail-facts.ts';
import type { Condition } from './rule-schema.ts';
import { cutTraceValue } from './trace-value.ts';

/** Whether a condition holds, and the checks that settled it. */
export interface Evaluation {
  readonly matched: boolean;
  readonly checks: readonly RuleCheck[];
}

/** One mail while rules are tried on it: what does not depend on the recipient is found once. */
export interface EvaluationContext {
  readonly facts: MailFacts;
  readonly leafResults: Map<CompiledCondition, LeafResult>;
}

export type CompiledCondition = (context: EvaluationContext, recipient: string) => Evaluation;

type Joined = Extract<Condition, { all: unknown } | { any: unknown } | { not: unknown }>;

function compileChecked(condition: Exclude<Condition, Joined>, path: string): CompiledCondition {
  const [kind] = Object.keys(condition);
  const name = path === '' ? String(kind) : `${path}.${String(kind)}`;
  const { isPerRecipient, test } = compileLeaf(condition);
  const compiled: CompiledCondition = ({ facts, leafResults }, recipient) => {
    const known = isPerRecipient ? undefined : leafResults.get(compiled);
    const result = known ?? test(facts, recipient);
    if (!isPerRecipient) leafResults.set(compiled, result);
    const { matched, value } = result;
    return { matched, checks: [{ condition: name, matched, value: cutTraceValue(value) }] };
  };
  return compiled;
}

/**
 * Tries members in order up to the first that gives `decisive`. That one alone settled the answer;
 * when none did, all of them together.
 */
const joinConditions =
  (members: readonly CompiledCondition[], decisive: boolean): CompiledCondition =>
  (context, recipient) => {
    const checks: RuleCheck[] = [];
    for (const member of members) {
      const evaluation = member(context, recipient);
      if (evaluation.matched === decisive) return evaluation;
      checks.push(...evaluation.checks);
    }
    return { matched: !decisive, checks };
  };

/**
 * Makes a condition ready to be tried on many mails.
 *
 * @param path Where the condition stands in its rule's `when`, as checks name it.
 */
export function compileCondition(condition: Condition, path = ''): CompiledCondition {
  const compileMembers = (members: readonly Condition[], name: string) =>
    members.map((member, index) =>
      compileCondition(member, `${path === '' ? '' : `${path}.`}${name}[${index}]`),
    );
  if ('all' in condition) return joinConditions(compileMembers(condition.all, 'all'), false);
  if ('any' in condition) return joinConditions(compileMembers(condition.any, 'any'), true);
  if ('not' in condition) {
    const inner = compileCondition(condition.not, path === '' ? 'not' : `${path}.not`);
    return (context, recipient) => {
      const { matched, checks } = inner(context, recipient);
      return { matched: !matched, checks };
    };
  }
  return compileChecked(condition, path);
}

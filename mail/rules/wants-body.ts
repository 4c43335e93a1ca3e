import type { Configuration } from '../configuration/configuration-schema.ts';
import { compileLeaf } from './compile-leaf.ts';
import type { MailFacts } from './mail-facts.ts';
import type { Action, Condition, LeafCondition } from './rule-schema.ts';

/** Whether a condition holds; `unknown` where a header alone does not tell. */
type Answer = 'yes' | 'no' | 'unknown';

/** Tries a condition on what the header of a mail tells. */
type HeaderTest = (facts: MailFacts) => Answer;

/** Which answer decides a list of conditions, and which one it has when none does. */
const JOINS = {
  all: { decisive: 'no', other: 'yes' },
  any: { decisive: 'yes', other: 'no' },
} as const;

function joinAnswers(answers: readonly Answer[], kind: keyof typeof JOINS): Answer {
  const { decisive, other } = JOINS[kind];
  if (answers.includes(decisive)) return decisive;
  return answers.includes('unknown') ? 'unknown' : other;
}

const OPPOSITES = { yes: 'no', no: 'yes', unknown: 'unknown' } as const;

function createLeafTest(leaf: LeafCondition): HeaderTest {
  // What stands below the header.
  if ('attachment' in leaf) return () => 'unknown';
  const { test } = compileLeaf(leaf);
  return (facts) =>
    facts.envelope.recipients.some((recipient) => test(facts, recipient).matched) ? 'yes' : 'no';
}

function createHeaderTest(condition: Condition): HeaderTest {
  if ('not' in condition) {
    const inner = createHeaderTest(condition.not);
    return (facts) => OPPOSITES[inner(facts)];
  }
  const kind = 'all' in condition ? 'all' : 'any';
  const members =
    'all' in condition ? condition.all : 'any' in condition ? condition.any : undefined;
  if (members === undefined) return createLeafTest(condition as LeafCondition);
  const tests = members.map(createHeaderTest);
  return (facts) =>
    joinAnswers(
      tests.map((test) => test(facts)),
      kind,
    );
}

const isWish = (action: Action): boolean => 'queue' in action || 'quarantine' in action;
const isDrop = (action: Action): boolean => 'drop' in action;
const isStop = (action: Action): boolean => 'stop' in action;

/**
 * Makes the question whether any rule may want more of a mail than its header. The answer is no
 * only where every rule, whatever the body holds, would drop the mail or leave it alone.
 *
 * It is asked of mail for one recipient, as polled mail is.
 */
export function createBodyWish({
  rules,
  otherwise,
}: Pick<Configuration, 'rules' | 'otherwise'>): (facts: MailFacts) => boolean {
  const compiled = rules.map(({ when, then }) => ({ test: createHeaderTest(when), then }));
  const isKeptOtherwise = !('drop' in otherwise);
  return (facts) => {
    for (const { test, then } of compiled) {
      const answer = test(facts);
      if (answer === 'no') continue;
      if (then.some(isWish)) return true;
      const isCertain = answer === 'yes';
      const isDropped = then.some(isDrop);
      if (isCertain && isDropped) return false;
      const isEnded = then.some(isStop) && !isDropped;
      // Where only the body tells, it may end the rules here, before one below drops the mail.
      if (isEnded && (isCertain || isKeptOtherwise)) return isKeptOtherwise;
    }
    return isKeptOtherwise;
  };
}

import type { ConfigurationFault } from '../errors.ts';
import { compilePattern } from '../rules/pattern.ts';
import type { Condition, Pattern } from '../rules/rule-schema.ts';
import type { Configuration } from './configuration-schema.ts';
import { hintNearestName } from './nearest-name.ts';

/** A place in a rule that speaks of mailboxes. */
interface MailboxMention {
  readonly path: string;
  readonly pattern: Pattern;
}

function listMentions(condition: Condition, path: string): readonly MailboxMention[] {
  if ('mailbox' in condition) return [{ path: `${path}.mailbox`, pattern: condition.mailbox }];
  if ('not' in condition) return listMentions(condition.not, `${path}.not`);
  const name = 'all' in condition ? 'all' : 'any';
  const members = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [];
  return members.flatMap((member, index) => listMentions(member, `${path}.${name}[${index}]`));
}

/** Each text of a pattern by itself: one that fits no mailbox is a mistake, whatever the others do. */
const splitPattern = ({ path, pattern }: MailboxMention): readonly MailboxMention[] =>
  Array.isArray(pattern)
    ? pattern.map((term, index) => ({ path: `${path}[${index}]`, pattern: term }))
    : [{ path, pattern }];

function describeMiss(pattern: Pattern, names: readonly string[]): string {
  const came = JSON.stringify(pattern);
  return typeof pattern === 'string' && !/[*?]/.test(pattern)
    ? `expected the name of a member of mailboxes, came ${came}${hintNearestName(pattern, names)}`
    : `expected a pattern that fits the name of a member of mailboxes, came ${came}`;
}

/** Rules that ask for a mailbox which is not there: they could never match. */
export function findMailboxMentionFaults({
  rules,
  mailboxes,
}: Configuration): readonly ConfigurationFault[] {
  const names = mailboxes.map(({ name }) => name);
  return rules
    .flatMap(({ when }, index) => listMentions(when, `rules[${index}].when`))
    .flatMap(splitPattern)
    .filter(({ pattern }) => !names.some(compilePattern(pattern)))
    .map(({ path, pattern }) => ({ path, message: describeMiss(pattern, names) }));
}

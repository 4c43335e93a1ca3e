import { RE2JS, RE2JSSyntaxException } from 're2js';
import type { Pattern } from './rule-schema.ts';

type PatternTerm = string | { readonly regex: string };

const isGlob = (text: string): boolean => /[*?]/.test(text);

/** `*` and `?` become RE2 syntax, everything else stands for itself. */
const globToRe2 = (glob: string): string =>
  glob.replace(/[*?]|[^*?]+/g, (piece) => {
    if (piece === '*') return '.*';
    return piece === '?' ? '.' : RE2JS.quote(piece);
  });

function compileTerm(term: PatternTerm): (value: string) => boolean {
  if (typeof term !== 'string') {
    const regex = RE2JS.compile(term.regex, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);
    return (value) => regex.matcher(value).find();
  }
  if (!isGlob(term)) {
    const wanted = term.toLowerCase();
    return (value) => value.toLowerCase() === wanted;
  }
  const glob = RE2JS.compile(globToRe2(term), RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);
  return (value) => glob.matches(value);
}

const termsOf = (pattern: Pattern): readonly PatternTerm[] =>
  Array.isArray(pattern) ? pattern : [pattern];

/**
 * A test for a {@link Pattern}, in time linear in the value: RE2 has no backtracking, so a hostile
 * mail cannot make a rule slow.
 */
export function compilePattern(pattern: Pattern): (value: string) => boolean {
  const terms = termsOf(pattern).map(compileTerm);
  return (value) => terms.some((matches) => matches(value));
}

/** What is wrong with a pattern, in one sentence; undefined when nothing is. */
export function findPatternFault(pattern: Pattern): string | undefined {
  for (const term of termsOf(pattern)) {
    try {
      compileTerm(term);
    } catch (error) {
      if (!(error instanceof RE2JSSyntaxException)) throw error;
      return `expected an RE2 regular expression (no backreferences, no lookaround), ${error.message}`;
    }
  }
  return undefined;
}

import type { ParseMailConfiguration } from '../configuration/parse-mail-configuration.ts';
import type { DomainConfiguration } from '../configuration/configuration-schema.ts';
import { compileCondition, type CompiledCondition } from './compile-condition.ts';
import type { Action } from './rule-schema.ts';

export interface CompiledRule {
  readonly name: string;
  readonly when: CompiledCondition;
  readonly then: readonly Action[];
}

/** A configuration's rules, ready to be tried on many mails. */
export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
  readonly otherwise: ParseMailConfiguration['otherwise'];
  readonly domains: ReadonlyMap<string, DomainConfiguration>;
}

/** Compiles patterns once; a configuration that was checked always compiles. */
export function compileRules({
  rules,
  otherwise,
  receiving,
}: Pick<ParseMailConfiguration, 'rules' | 'otherwise' | 'receiving'>): CompiledRules {
  return {
    rules: rules.map(({ name, when, then }) => ({ name, when: compileCondition(when), then })),
    otherwise,
    domains: new Map(receiving.domains.map((domain) => [domain.domain, domain])),
  };
}

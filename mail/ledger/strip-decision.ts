import type { RuleTrace } from '../contracts/mail-received.ts';
import type { StoredDecision } from './ledger.ts';

/** Addresses are compared without case. */
export const isSameAddress = (one: string | null | undefined, other: string): boolean =>
  one?.toLowerCase() === other.toLowerCase();

interface ForRecipients {
  readonly recipients: readonly string[];
  readonly trace: readonly RuleTrace[];
}

const stripTrace = (trace: readonly RuleTrace[], address: string): readonly RuleTrace[] =>
  trace
    .map(({ recipients, rules, decidedBy }) => ({
      recipients: recipients.filter((recipient) => !isSameAddress(recipient, address)),
      rules: rules.map(({ checks, ...rule }) => ({
        ...rule,
        checks: checks.map(({ value, ...check }) => ({
          ...check,
          value: value?.toLowerCase().includes(address.toLowerCase()) === true ? null : value,
        })),
      })),
      decidedBy,
    }))
    .filter(({ recipients }) => recipients.length > 0);

const stripEach = <Way extends ForRecipients>(ways: readonly Way[], address: string): Way[] =>
  ways
    .map((way) => ({
      ...way,
      recipients: way.recipients.filter((recipient) => !isSameAddress(recipient, address)),
      trace: stripTrace(way.trace, address),
    }))
    .filter(({ recipients }) => recipients.length > 0);

/** A decision without an address: neither as a recipient nor in a value that a rule was tried on. */
export const stripDecision = (decided: StoredDecision, address: string): StoredDecision => ({
  ...decided,
  decision: {
    destinations: stripEach(decided.decision.destinations, address),
    quarantined: stripEach(decided.decision.quarantined, address),
    dropped: stripEach(decided.decision.dropped, address),
  },
  repeats: decided.repeats.filter(({ recipient }) => !isSameAddress(recipient, address)),
});

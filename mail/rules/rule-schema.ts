import * as z from 'zod';
import { oneMember, type OneOf, strict } from '../configuration/strict-schema.ts';
import { VERDICT_STATUSES } from '../contracts/verdicts.ts';
import { DOORS } from '../contracts/arrival.ts';
import { findPatternFault } from './pattern.ts';

const patternTerm = z.union([z.string(), strict({ regex: z.string().min(1) })], {
  error: 'expected a text with * and ? as wildcards, or { regex: "…" }',
});

/**
 * A text to compare with, case ignored. A string is compared with the whole value, `*` standing
 * for any run of characters and `?` for one; `{ regex }` is RE2 syntax and matches anywhere; an
 * array matches when one of its members does.
 */
const patternSchema = z
  .union([patternTerm, z.array(patternTerm).min(1)], {
    error: 'expected a text with * and ? as wildcards, { regex: "…" }, or an array of these',
  })
  .superRefine((pattern, context) => {
    const fault = findPatternFault(pattern);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

export type Pattern = z.output<typeof patternSchema>;

const someOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  strict(shape).refine((value) => Object.values(value).some((member) => member !== undefined), {
    error: `expected at least one of ${Object.keys(shape).join(', ')}`,
  });

const bytes = z.int().min(0);
const verdict = z.union([z.enum(VERDICT_STATUSES), z.array(z.enum(VERDICT_STATUSES)).min(1)], {
  error: `expected one of ${VERDICT_STATUSES.join(', ')}, or an array of them`,
});

const leafConditions = {
  /** The envelope recipient (RFC 5321 RCPT TO) that the rule is tried for. */
  recipient: someOf({
    /** The whole address, with or without its tag: `support@example.com`. */
    address: patternSchema.optional(),
    domain: patternSchema.optional(),
    /** What stands between `+` and `@` (RFC 5233). */
    tag: patternSchema.optional(),
  }),
  /** The envelope sender (RFC 5321 MAIL FROM). The null sender of bounces is `<>`. */
  sender: someOf({ address: patternSchema.optional(), domain: patternSchema.optional() }),
  /** Any mailbox of the From header (RFC 5322 section 3.6.2). */
  headerFrom: someOf({ address: patternSchema.optional(), domain: patternSchema.optional() }),
  subject: patternSchema,
  /** Any header field; without `value` its presence is enough. */
  header: strict({ name: z.string().min(1), value: patternSchema.optional() }),
  /** One attachment for which everything given holds. */
  attachment: strict({
    name: patternSchema.optional(),
    /** The declared media type: `application/pdf`, `image/*`. */
    type: patternSchema.optional(),
    minBytes: bytes.optional(),
    maxBytes: bytes.optional(),
  }),
  /** The raw mail's size in bytes, both bounds included. */
  size: someOf({ minBytes: bytes.optional(), maxBytes: bytes.optional() }),
  /** What was found when the mail came in; everything given must hold. */
  verdict: someOf({
    spam: verdict.optional(),
    virus: verdict.optional(),
    spf: verdict.optional(),
    dkim: verdict.optional(),
    dmarc: verdict.optional(),
  }),
  /** The name of the mailbox that the mail was polled from. */
  mailbox: patternSchema,
  /** How the mail came in. */
  door: z.enum(DOORS),
} as const;

/** A condition on one thing. */
export type LeafCondition = OneOf<typeof leafConditions, 'output'>;
type LeafInput = OneOf<typeof leafConditions, 'input'>;

/** When a rule matches: a leaf, or conditions joined by `all`, `any` and `not`. */
export type Condition =
  | LeafCondition
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };
export type ConditionInput =
  | LeafInput
  | { readonly all: readonly ConditionInput[] }
  | { readonly any: readonly ConditionInput[] }
  | { readonly not: ConditionInput };

const conditionSchema: z.ZodType<Condition, ConditionInput> = oneMember({
  ...leafConditions,
  all: z.array(z.lazy(() => conditionSchema)).min(1),
  any: z.array(z.lazy(() => conditionSchema)).min(1),
  not: z.lazy(() => conditionSchema),
}); // A type cannot infer itself.

/** LIMIT: a condition that stands deeper, or contains itself, would exhaust the stack. */
const MAX_CONDITION_LEVELS = 100;

const listInner = (condition: unknown): readonly unknown[] => {
  if (typeof condition !== 'object' || condition === null) return [];
  const { all, any, not } = condition as Partial<Record<'all' | 'any' | 'not', unknown>>;
  return [all, any, not].flat();
};

/** Goes down level by level, so that it ends whatever the shape. */
function isShallow(condition: unknown): boolean {
  let level: ReadonlySet<unknown> = new Set([condition]);
  for (let depth = 0; depth <= MAX_CONDITION_LEVELS; depth += 1) {
    level = new Set([...level].flatMap(listInner).filter((inner) => inner !== undefined));
    if (level.size === 0) return true;
  }
  return false;
}

const shallowConditionSchema = z
  .custom<ConditionInput>(isShallow, {
    error: `expected at most ${MAX_CONDITION_LEVELS} levels of all, any and not, came more`,
  })
  .pipe(conditionSchema);

/** What a matching rule does. */
export const actionSchema = oneMember({
  /** Send an event to this queue. */
  queue: z.string(),
  /** Put this word on the mail's events. */
  tag: z.string().regex(/^[\w.:-]{1,64}$/, { error: 'expected 1 to 64 of a-z, 0-9, _ . : -' }),
  /** Send the mail to quarantine for this reason, and try no further rule. */
  quarantine: z.string().min(1).max(200),
  /** Send the mail nowhere for this reason, and try no further rule. The raw mail is kept. */
  drop: z.string().min(1).max(200),
  /** Try no further rule. */
  stop: z.literal(true),
});
export type Action = z.output<typeof actionSchema>;

export const ruleSchema = strict({
  /** Says which rule it was, in events and logs. Unique. */
  name: z.string().min(1).max(64),
  when: shallowConditionSchema,
  then: z.array(actionSchema).min(1),
});
export type Rule = z.output<typeof ruleSchema>;

import type * as z from 'zod';
import { ConfigurationError, type ConfigurationFault } from '../errors.ts';
import { type Configuration, configurationSchema } from './configuration-schema.ts';
import { findConfigurationFaults } from './find-configuration-faults.ts';
import { findNearestName } from './nearest-name.ts';
import type { UnknownMemberParams } from './strict-schema.ts';

/** `['rules', 2, 'then', 0]` as it is written in the file: `rules[2].then[0]`. */
function writePath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((written, member) => {
    if (typeof member === 'number') return `${written}[${member}]`;
    const name = String(member);
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${written}['${name}']`;
    return written === '' ? name : `${written}.${name}`;
  }, '');
}

/** Not every value has a JSON form: a symbol has none, nor has an object that contains itself. */
function writeJson(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  try {
    // In an array also what has no form gives a text.
    return JSON.stringify([value]).slice(1, -1);
  } catch {
    return 'an object';
  }
}

/** What came, as short as a sentence can hold it. */
function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  const written = writeJson(value);
  return written.length > 60 ? `${written.slice(0, 57)}…` : written;
}

const readMember = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (container, member) =>
      typeof container === 'object' && container !== null
        ? (Reflect.get(container, member) as unknown)
        : undefined,
    value,
  );

function describeUnknownMember(issue: z.core.$ZodIssue & { code: 'custom' }): string | undefined {
  const { knownMembers } = (issue.params ?? {}) as Partial<UnknownMemberParams>;
  if (knownMembers === undefined) return undefined;
  const came = String(issue.path.at(-1));
  const nearest = findNearestName(came, knownMembers);
  return nearest === undefined
    ? `unknown member; expected one of ${knownMembers.join(', ')}`
    : `unknown member; did you mean ${nearest}?`;
}

function describeIssue(issue: z.core.$ZodIssue, came: string): string {
  switch (issue.code) {
    case 'custom': {
      const unknown = describeUnknownMember(issue);
      if (unknown !== undefined) return unknown;
      return issue.message.includes(', came ') ? issue.message : `${issue.message}, came ${came}`;
    }
    case 'invalid_type':
      return `expected ${issue.expected}, came ${came}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}, came ${came}`;
    case 'too_small':
      return `expected at least ${issue.minimum}${unitOf(issue.origin)}, came ${came}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${unitOf(issue.origin)}, came ${came}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'invalid_format':
    case 'invalid_union':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return `${issue.message}, came ${came}`;
  }
}

function unitOf(origin: string): string {
  if (origin === 'array' || origin === 'set') return ' entries';
  return origin === 'string' ? ' characters' : '';
}

/**
 * Checks what `postroom.config.ts` exports and fills in the defaults.
 *
 * @throws {ConfigurationError} With one fault for each thing that is wrong.
 */
export function parseConfiguration(value: unknown): Configuration {
  const result = configurationSchema.safeParse(value);
  if (!result.success) {
    throw new ConfigurationError(
      result.error.issues.map((issue): ConfigurationFault => ({
        path: writePath(issue.path),
        message: describeIssue(issue, describeValue(readMember(value, issue.path))),
      })),
    );
  }
  const faults = findConfigurationFaults(result.data);
  if (faults.length > 0) throw new ConfigurationError(faults);
  return result.data;
}

import type { VerdictStatus } from '../contracts/verdicts.ts';
import { type AddressParts, splitAddress } from '../message/address-parts.ts';
import { readHeaderValues } from '../message/header-block.ts';
import type { MailFacts } from './mail-facts.ts';
import { compilePattern } from './pattern.ts';
import type { LeafCondition, Pattern } from './rule-schema.ts';
import { joinTraceValues } from './trace-value.ts';

/** Whether a condition holds, and the value that settled it; null when the mail has none. */
export interface LeafResult {
  readonly matched: boolean;
  readonly value: string | null;
}

/** A condition without `all`, `any` and `not`, ready to be tried. */
export interface CompiledLeaf {
  /** Whether the answer depends on the recipient; if not, it is found once for the mail. */
  readonly isPerRecipient: boolean;
  readonly test: (facts: MailFacts, recipient: string) => LeafResult;
}

type Test<Value> = (value: Value) => boolean;

const always = (): boolean => true;

const compileOptional = (pattern: Pattern | undefined): Test<string> =>
  pattern === undefined ? always : compilePattern(pattern);

interface Bounds {
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
}

const compileBounds =
  ({ minBytes = 0, maxBytes = Infinity }: Bounds): Test<number> =>
  (bytes) =>
    bytes >= minBytes && bytes <= maxBytes;

interface AddressPatterns {
  readonly address?: Pattern | undefined;
  readonly domain?: Pattern | undefined;
  readonly tag?: Pattern | undefined;
}

function compileAddress({ address, domain, tag }: AddressPatterns): Test<AddressParts> {
  const isAddress = compileOptional(address);
  const isDomain = compileOptional(domain);
  const isTag = tag === undefined ? undefined : compilePattern(tag);
  return (parts) =>
    isAddress(parts.address) &&
    isDomain(parts.domain) &&
    (isTag === undefined || (parts.tag !== null && isTag(parts.tag)));
}

/** The first value for which a test holds; else what was tried, as far as a trace shows it. */
function findFirst<Value>(
  values: readonly Value[],
  test: Test<Value>,
  write: (value: Value) => string,
): LeafResult {
  const found = values.find(test);
  if (found !== undefined) return { matched: true, value: write(found) };
  return { matched: false, value: joinTraceValues(values, write) };
}

const forMail = (test: (facts: MailFacts) => LeafResult): CompiledLeaf => ({
  isPerRecipient: false,
  test,
});

/** How the null sender (RFC 5321 section 4.5.5) is written in rules and traces. */
const NULL_SENDER = '<>';

function compileSender(patterns: AddressPatterns): CompiledLeaf {
  const test = compileAddress(patterns);
  return forMail(({ envelope: { sender } }) => {
    const written = sender === '' ? NULL_SENDER : sender;
    return { matched: test(splitAddress(written)), value: written };
  });
}

function compileHeader(name: string, pattern: Pattern | undefined): CompiledLeaf {
  const test = compileOptional(pattern);
  return forMail(({ mail }) =>
    findFirst(readHeaderValues(mail.headers, name), test, (value) => value),
  );
}

type AttachmentCondition = Extract<LeafCondition, { attachment: unknown }>['attachment'];

function compileAttachment({ name, type, ...bounds }: AttachmentCondition): CompiledLeaf {
  const isName = name === undefined ? undefined : compilePattern(name);
  const isType = compileOptional(type);
  const isSize = compileBounds(bounds);
  return forMail(({ mail }) =>
    findFirst(
      mail.attachments,
      (attachment) =>
        (isName === undefined || (attachment.name !== null && isName(attachment.name))) &&
        isType(attachment.type) &&
        isSize(attachment.bytes),
      (attachment) =>
        `${attachment.name ?? 'without a name'} (${attachment.type}, ${attachment.bytes} bytes)`,
    ),
  );
}

type VerdictCondition = Extract<LeafCondition, { verdict: unknown }>['verdict'];

function compileVerdict(wanted: VerdictCondition): CompiledLeaf {
  const checks = (['spam', 'virus', 'spf', 'dkim', 'dmarc'] as const).flatMap((check) => {
    const statuses = wanted[check];
    if (statuses === undefined) return [];
    return [{ check, statuses: typeof statuses === 'string' ? [statuses] : statuses }];
  });
  return forMail(({ verdicts }) => ({
    matched: checks.every(({ check, statuses }) =>
      statuses.some((status: VerdictStatus) => status === verdicts[check]),
    ),
    value: checks.map(({ check }) => `${check} ${verdicts[check]}`).join(', '),
  }));
}

function compileSize(bounds: Bounds): CompiledLeaf {
  const test = compileBounds(bounds);
  return forMail(({ bytes }) => ({ matched: test(bytes), value: `${bytes} bytes` }));
}

function compileSubject(pattern: Pattern): CompiledLeaf {
  const test = compilePattern(pattern);
  return forMail(({ mail: { subject } }) => ({
    matched: subject !== null && test(subject),
    value: subject,
  }));
}

function compileRecipient(patterns: AddressPatterns): CompiledLeaf {
  const test = compileAddress(patterns);
  return {
    isPerRecipient: true,
    test: (_, recipient) => ({ matched: test(splitAddress(recipient)), value: recipient }),
  };
}

function compileHeaderFrom(patterns: AddressPatterns): CompiledLeaf {
  const test = compileAddress(patterns);
  return forMail(({ mail }) =>
    findFirst(
      mail.from.map(({ address }) => address),
      (address) => test(splitAddress(address)),
      (address) => address,
    ),
  );
}

function compileMailbox(pattern: Pattern): CompiledLeaf {
  const test = compilePattern(pattern);
  return forMail(({ mailbox }) => ({
    matched: mailbox !== undefined && test(mailbox),
    value: mailbox ?? null,
  }));
}

/** Makes a condition ready to be tried on many mails. */
export function compileLeaf(leaf: LeafCondition): CompiledLeaf {
  if ('recipient' in leaf) return compileRecipient(leaf.recipient);
  if ('sender' in leaf) return compileSender(leaf.sender);
  if ('headerFrom' in leaf) return compileHeaderFrom(leaf.headerFrom);
  if ('subject' in leaf) return compileSubject(leaf.subject);
  if ('header' in leaf) return compileHeader(leaf.header.name, leaf.header.value);
  if ('attachment' in leaf) return compileAttachment(leaf.attachment);
  if ('size' in leaf) return compileSize(leaf.size);
  if ('mailbox' in leaf) return compileMailbox(leaf.mailbox);
  if ('verdict' in leaf) return compileVerdict(leaf.verdict);
  return forMail(({ door }) => ({ matched: door === leaf.door, value: door }));
}

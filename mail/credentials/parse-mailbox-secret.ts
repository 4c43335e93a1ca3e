import * as z from 'zod';
import type { MailboxConfiguration } from '../configuration/mailbox-schema.ts';
import { MailboxError } from '../errors.ts';
import type { MailboxCredential } from '../ports/mailbox-ports.ts';

/** A mailbox, as far as its credential is concerned. */
export type CredentialOwner = Pick<MailboxConfiguration, 'name' | 'user' | 'secret'>;

/** A secret that was read. */
export interface ReadSecret {
  readonly text: string;
  /** Where it is, as a person finds it. */
  readonly place: string;
  /** Whether several mailboxes name it. */
  readonly isShared: boolean;
}

// SECURITY: a line break would begin a command of its own; it is there when a file was pasted.
const line = z.string().regex(/^[^\r\n\0]+$/);

const entrySchema = z.object({ user: line.optional(), password: line });

/**
 * That a mailbox has no credential.
 *
 * @param reason Holds nothing of a secret's content.
 */
export const createMissingCredential = (
  { name, secret }: CredentialOwner,
  reason: string,
): MailboxError =>
  new MailboxError('credential-missing', reason, { fields: { mailbox: name, secret } });

/** SECURITY: what JSON.parse complains of quotes the content, so it is not passed on. */
function readMembers(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const content = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text));
    return content.success ? new Map(Object.entries(content.data)) : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with the way to a mailbox's entry, or the entry. */
type FoundEntry = { readonly entry: unknown } | { readonly fault: string };

function findEntry(name: string, { text, isShared }: ReadSecret): FoundEntry {
  const wanted = `expected { "${name}": { "user": "…", "password": "…" } }`;
  const members = readMembers(text);
  if (members === undefined) return { fault: `${wanted}, came no JSON object` };
  if (members.has(name)) return { entry: members.get(name) };
  if (!members.has('password')) return { fault: `${wanted}, came no member of this name` };
  // SECURITY: the password of one mailbox would be shown to the server of another.
  if (isShared) return { fault: `${wanted}, as several mailboxes name this secret` };
  return { entry: Object.fromEntries(members) };
}

/**
 * Finds a mailbox's credential in its secret: `{ "<mailbox>": { "user", "password" } }`, or
 * `{ "password" }` where only one mailbox names it. The configuration has the user where the secret
 * has none.
 *
 * @throws {MailboxError} `credential-missing`, in words that hold nothing of the content.
 */
export function parseMailboxSecret(owner: CredentialOwner, secret: ReadSecret): MailboxCredential {
  const found = findEntry(owner.name, secret);
  if ('fault' in found) throw createMissingCredential(owner, `${secret.place}: ${found.fault}`);
  const entry = entrySchema.safeParse(found.entry);
  if (!entry.success) {
    const member = entry.error.issues[0]?.path.join('.') ?? '';
    const what = member === '' ? 'an object' : `${member} as a text on one line`;
    throw createMissingCredential(
      owner,
      `${secret.place}: expected for the mailbox ${owner.name} ${what}`,
    );
  }
  const { user = owner.user, password } = entry.data;
  return { kind: 'password', user, password };
}

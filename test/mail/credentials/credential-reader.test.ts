import { describe, expect, it } from 'vitest';
import { createCredentialReader } from '../../../mail/credentials/create-credential-reader.ts';
import { MailboxError } from '../../../mail/errors.ts';
import type { SecretReader } from '../../../mail/ports/secret-port.ts';

const VENDOR = { name: 'vendor', user: 'bills@shop.example', secret: 'mailboxes' };
const OFFICE = { name: 'office', user: 'office@shop.example', secret: 'mailboxes' };
const ALONE = { name: 'alone', user: 'alone@shop.example', secret: 'alone' };

/** A store of secrets that counts its reads. */
function createStore(secrets: Record<string, string>) {
  const reads: string[] = [];
  const reader: SecretReader = {
    describePlace: (name) => `the secret ${name}`,
    readSecret: (name) => {
      reads.push(name);
      return Promise.resolve(secrets[name]);
    },
  };
  return { reads, secrets, reader };
}

/** What a reader says when a secret has this text. */
const readFrom = (text: string, owners = [ALONE]) =>
  createCredentialReader(owners, createStore({ alone: text, mailboxes: text }).reader);

const failureOf = async (text: string, owners = [ALONE]): Promise<unknown> =>
  readFrom(text, owners)
    .readCredential(owners[0]?.name ?? '', false)
    .then(
      () => 'success',
      (error: unknown) =>
        error instanceof MailboxError ? [error.code, error.message, error.cause] : error,
    );

describe('createCredentialReader', () => {
  it('finds each mailbox in a secret that several share', async () => {
    const text = JSON.stringify({
      vendor: { user: 'someone', password: 'one' },
      office: { password: 'two' },
    });
    const reader = readFrom(text, [VENDOR, OFFICE]);
    expect(await reader.readCredential('vendor', false)).toEqual({
      kind: 'password',
      user: 'someone',
      password: 'one',
    });
    expect(await reader.readCredential('office', false)).toEqual({
      kind: 'password',
      user: 'office@shop.example',
      password: 'two',
    });
  });

  it('takes a single password for the one mailbox that names its secret', async () => {
    expect(await readFrom('{"password":"x y"}').readCredential('alone', false)).toEqual({
      kind: 'password',
      user: 'alone@shop.example',
      password: 'x y',
    });
  });

  it('shows a single password to no mailbox where several name the secret', async () => {
    expect(await failureOf('{"password":"hush"}', [VENDOR, OFFICE])).toEqual([
      'credential-missing',
      'the secret mailboxes: expected { "vendor": { "user": "…", "password": "…" } }, as several mailboxes name this secret',
      undefined,
    ]);
  });

  it('reads a secret once, and again when its credential was refused', async () => {
    const store = createStore({
      mailboxes: '{"vendor":{"password":"old"},"office":{"password":"o"}}',
    });
    const reader = createCredentialReader([VENDOR, OFFICE], store.reader);
    await reader.readCredential('vendor', false);
    await reader.readCredential('office', false);
    expect(store.reads).toEqual(['mailboxes']);
    store.secrets['mailboxes'] = '{"vendor":{"password":"new"},"office":{"password":"o"}}';
    expect((await reader.readCredential('vendor', false)).password).toBe('old');
    expect((await reader.readCredential('vendor', true)).password).toBe('new');
    expect((await reader.readCredential('vendor', false)).password).toBe('new');
    expect(store.reads).toEqual(['mailboxes', 'mailboxes']);
  });

  it('sees a mailbox that was added to a secret after it was read', async () => {
    const store = createStore({ mailboxes: '{"vendor":{"password":"v"}}' });
    const reader = createCredentialReader([VENDOR, OFFICE], store.reader);
    await reader.readCredential('vendor', false);
    store.secrets['mailboxes'] = '{"vendor":{"password":"v"},"office":{"password":"o"}}';
    expect((await reader.readCredential('office', false)).password).toBe('o');
  });

  it('does not remember that a secret was missing', async () => {
    const store = createStore({});
    const reader = createCredentialReader([ALONE], store.reader);
    await expect(reader.readCredential('alone', false)).rejects.toThrow(
      'the secret alone is not there',
    );
    store.secrets['alone'] = '{"password":"x"}';
    expect((await reader.readCredential('alone', false)).password).toBe('x');
  });

  it.each([
    ['hush', 'expected { "alone": { "user": "…", "password": "…" } }, came no JSON object'],
    ['"hush"', 'expected { "alone": { "user": "…", "password": "…" } }, came no JSON object'],
    [
      '{"alnoe":{"password":"hush"}}',
      'expected { "alone": { "user": "…", "password": "…" } }, came no member of this name',
    ],
    ['{"alone":"hush"}', 'expected for the mailbox alone an object'],
    [
      '{"alone":{"pasword":"hush"}}',
      'expected for the mailbox alone password as a text on one line',
    ],
    ['{"password":"hush\\n"}', 'expected for the mailbox alone password as a text on one line'],
    ['{"password":""}', 'expected for the mailbox alone password as a text on one line'],
    [
      '{"alone":{"user":"a\\r\\nb","password":"hush"}}',
      'expected for the mailbox alone user as a text on one line',
    ],
  ])('says of %j what was expected, and nothing of what is in it', async (text, reason) => {
    const failure = await failureOf(text);
    expect(failure).toEqual(['credential-missing', `the secret alone: ${reason}`, undefined]);
    expect(JSON.stringify(failure)).not.toContain('hush');
  });

  it('finds no credential where objects have members of their own', async () => {
    const owner = { ...ALONE, name: 'constructor' };
    expect(await failureOf('{}', [owner])).toEqual([
      'credential-missing',
      'the secret alone: expected { "constructor": { "user": "…", "password": "…" } }, came no member of this name',
      undefined,
    ]);
  });
});
